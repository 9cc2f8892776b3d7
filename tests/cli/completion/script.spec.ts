import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { runProgram, temporaryFolder } from "../../helpers/script";

const isInstalled = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;

describe("webhook-pipeline completion", () => {
  const at = temporaryFolder();
  /** Asks a real bash what it offers for the last of these words. */
  async function offeredByBash(...words: string[]): Promise<string[]> {
    const { stdout: script } = await runProgram("completion", "bash");
    const asked = ["webhook-pipeline", ...words].map((word) => `'${word}'`).join(" ");
    const ask = `${script}\nCOMP_WORDS=(${asked}); COMP_CWORD=${words.length}; _webhook_pipeline; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", ask], { encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout.split("\n").filter((line) => line !== "");
  }

  it("offers commands, then those of a group, then options", async () => {
    assert.deepEqual(await offeredByBash("se"), ["send", "secrets"]);
    assert.deepEqual(await offeredByBash("events", "re"), ["redrive", "replay"]);
    assert.ok((await offeredByBash("events", "list", "--")).includes("--status"));
  });

  it("offers options after arguments and other options, too", async () => {
    assert.deepEqual(await offeredByBash("send", "stripe", "--bad"), ["--bad-signature"]);
    assert.ok((await offeredByBash("events", "list", "--json", "--st")).includes("--stack"));
  });

  it("offers the choices of an argument", async () => assert.deepEqual(await offeredByBash("completion", "z"), ["zsh"]));

  it("offers nothing of the program where it knows nothing", async () => assert.deepEqual(await offeredByBash("events", "list", "x"), []));

  for (const shell of ["zsh", "fish"].filter(isInstalled))
    it(`prints a script that ${shell} can read`, async () => {
      const { stdout } = await runProgram("completion", shell);
      writeFileSync(at("script"), stdout);
      const { status, stderr } = spawnSync(shell, ["-n", at("script")], { encoding: "utf8" });
      assert.deepEqual([status, stderr], [0, ""]);
    });

  for (const shell of ["zsh", "fish"])
    it(`describes each command and option in the script for ${shell}`, async () => {
      const { stdout } = await runProgram("completion", shell);
      for (const word of ["redrive", "bad-signature", "'List events, newest first.'"])
        assert.ok(stdout.includes(word) || stdout.includes(word.slice(1, -1)), word);
    });

  it("refuses another shell, and says which it knows", async () => {
    const { status, stderr } = await runProgram("completion", "powershell");
    assert.equal(status, 2);
    assert.match(stderr, /^.*Allowed choices are bash, zsh, fish\..*\n$/);
  });
});
