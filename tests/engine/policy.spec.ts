import * as assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { Engine } from "../../testbed/engine/engine";

const root = path.resolve(__dirname, "../..");

/** The pack is started by the program with which Pulumi's own language host starts one. */
describe("The policy pack on the real engine", () => {
  let engine: Engine;
  let dev: Stack;
  let pack: string;
  before(async () => {
    engine = await Engine.start();
    dev = await engine.stack("dev");
    pack = writeLauncher(path.join(engine.folder, "pulumi-analyzer-webhook"));
  });
  after(() => engine.stop());

  it("lets a preview of this program pass", async () => {
    const { stdout } = await dev.preview({ policyPacks: [pack] });
    assert.match(stdout, /Policies:\s+✅ /);
    assert.doesNotMatch(stdout, /\[mandatory\]|\[advisory\]/);
  });

  it("lets the deployment pass", async () => {
    const { stdout } = await dev.up({ policyPacks: [pack] });
    assert.doesNotMatch(stdout, /\[mandatory\]|\[advisory\]/);
  });

  it("stops a preview in which AWS would refuse something, and says what, in AWS's words", async () => {
    writeProgram(path.join(engine.projectFolder(), "wrong"), [
      'import * as aws from "@pulumi/aws";',
      'new aws.sqs.Queue("letters", { messageRetentionSeconds: 59 });',
    ]);
    const wrong = await engine.stack("wrong", {}, "wrong");
    const failure = await wrong.preview({ policyPacks: [pack] }).then(
      () => assert.fail("the preview passes"),
      (error: Error) => error.message,
    );
    assert.match(failure, /\[mandatory\]\s+sqs-retention/);
    assert.match(failure, /messageRetentionSeconds is 59\. AWS allows 60 to 1,209,600 s\./);
    assert.match(failure, /AWS: InvalidAttributeValue/);
  });

  /** As `pulumi-analyzer-policy` does for a folder, with Node.js from the PATH. */
  function writeLauncher(file: string): string {
    const runner = path.join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    writeFileSync(
      file,
      `#!/usr/bin/env bash\ncd '${path.join(root, "preflight")}' && PULUMI_NODEJS_TYPESCRIPT=true exec node '${runner}' "$1" .\n`,
    );
    chmodSync(file, 0o755);
    return file;
  }

  function writeProgram(folder: string, lines: string[]): void {
    mkdirSync(folder);
    writeFileSync(path.join(folder, "Pulumi.yaml"), "name: wrong\nruntime: nodejs\nmain: index.ts\n");
    copyFileSync(path.join(root, "tsconfig.json"), path.join(folder, "tsconfig.json"));
    writeFileSync(path.join(folder, "index.ts"), `${lines.join("\n")}\n`);
  }
});
