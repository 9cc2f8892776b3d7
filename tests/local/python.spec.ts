import * as assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { ensurePythonEnvironment } from "../../local/python";
import { temporaryFolder } from "../helpers/script";

/** Stands in for Python: makes an "environment" of a copy of itself, and writes a line to a log for each installation. */
const stub = (log: string) => `#!/bin/sh
case "$*" in
  -c*) echo 3.11 ;;
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  *"-m pip install"*) echo "$0" >> "${log}"; sleep 0.3; [ ! -e "${log}.fail" ] ;;
esac
`;

describe("The emulator's Python packages", () => {
  const file = temporaryFolder();
  const tool = () => ({ what: "The tool", requirements: file("requirements.txt") });
  const cache = () => file("cache");
  const ensure = (progress: (line: string) => void = () => {}) => ensurePythonEnvironment(tool(), progress, cache());
  const installations = () => readFileSync(file("log"), "utf8").trim().split("\n");
  const usualPath = process.env.PATH;
  before(() => {
    mkdirSync(file("bin"));
    writeFileSync(file("bin", "python3"), stub(file("log")));
    chmodSync(file("bin", "python3"), 0o755);
    writeFileSync(file("requirements.txt"), "tool==1.0 --hash=sha256:0\n");
    process.env.PATH = `${file("bin")}${path.delimiter}${usualPath}`;
  });
  after(() => (process.env.PATH = usualPath));

  it("leave nothing behind where they cannot be installed", async () => {
    writeFileSync(file("log.fail"), "");
    await assert.rejects(ensure(), /The tool could not be installed/);
    assert.deepEqual(readdirSync(cache()), []);
  });

  it("are installed once by two that start at the same time, and used by none before they are complete", async () => {
    for (const name of ["log", "log.fail"]) rmSync(file(name));
    const lines: string[] = [];
    const [first, second] = await Promise.all([ensure((line) => lines.push(line)), ensure((line) => lines.push(line))]);
    assert.equal(first, second);
    const [installed, ...more] = installations();
    assert.deepEqual(more, []);
    assert.notEqual(installed, first, "in a folder of its own");
    assert.deepEqual(
      lines.map((line) => line.split(" ")[0]),
      ["Installing", "Waiting"],
    );
  });

  it("are not installed again", async () => {
    await ensure(assert.fail);
    assert.equal(installations().length, 1);
  });
});
