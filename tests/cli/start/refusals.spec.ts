import * as assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { Command, runProgram } from "../../helpers/commands";
import { temporaryFolder } from "../../helpers/script";

/** Refused before anything starts: each in a process of its own, because the folder of a run is read from the environment. */
describe("npx webhook-pipeline start", () => {
  const at = temporaryFolder();
  const inFolder = (folder: string, ...args: string[]) => runProgram(args, { LOCAL_RUN_FOLDER: folder }).ended;

  it("refuses a folder that it cannot make, and one that is a file", async () => {
    writeFileSync(at("file"), "");
    for (const [folder, code] of [
      ["/proc/nowhere", "ENOENT"],
      [at("file"), "ENOTDIR"],
      [at("file", "within"), "ENOTDIR"],
    ]) {
      const ended = await inFolder(folder, "start", "--once");
      assert.equal(ended.stderr, `LOCAL_RUN_FOLDER is ${folder} (${code}). Allowed: a folder that this user can write.\n`);
      assert.equal(ended.code, 1);
    }
  });

  it("refuses a port that no client calls", async () => {
    const { code, stderr } = await inFolder(at("run"), "start", "--port", "6000");
    assert.deepEqual(
      [code, stderr],
      [2, "--port is 6000, which browsers and Node.js refuse to call. Allowed: another port, such as 4566.\n"],
    );
  });

  it("delivers to no destinations but those of a stack", async () => {
    const { code, stderr } = await inFolder(at("run"), "start", "--deliver");
    assert.deepEqual([code, stderr], [2, "--deliver posts to the destinations of a stack. Name the stack with --stack, too.\n"]);
  });

  it("leaves no lock behind, and finds no run in a damaged file", async () => {
    assert.ok(!existsSync(at("run", "lock")));
    for (const damaged of ["garbage", "{}", JSON.stringify({ pid: process.pid, endpoint: "x" })]) {
      writeFileSync(at("run", "pipeline.json"), damaged);
      const { code, stderr } = await inFolder(at("run"), "events", "list");
      assert.equal(code, 3, stderr);
      assert.match(stderr, /^No pipeline runs here\./);
    }
  });

  it("ends with a sentence where its output cannot be written", async () => {
    if (!existsSync("/dev/full")) return;
    const { code, stderr } = await new Command("bash", ["-c", `"${process.execPath}" bin/webhook-pipeline.js --help > /dev/full`]).ended;
    assert.deepEqual([code, stderr], [1, "The output cannot be written (ENOSPC).\n"]);
  });
});
