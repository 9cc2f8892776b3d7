import * as assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { UserError } from "../../domain/userError";
import { readStackConfig, readStackFile, stackRegion } from "../../config/stackFile";
import { program } from "../../testbed/program";

describe("A stack's file", () => {
  let folder: string;
  const file = () => path.join(folder, "Pulumi.dev.yaml");
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "stack-file-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function readText(text: string) {
    writeFileSync(file(), text);
    return readStackFile(file(), "hooks");
  }
  const read = (...lines: string[]) => readText(["config:", ...lines.map((line) => `  ${line}`)].join("\n"))!;

  it("can have the project's own keys with or without its name", () => {
    const found = read("aws:region: eu-central-1", "waf: true", "hooks:auditTrail: true", "hooks:config:network: private");
    assert.deepEqual(found, { "aws:region": "eu-central-1", "hooks:waf": "true", "hooks:auditTrail": "true", "hooks:network": "private" });
  });

  it("is refused with a key twice, because the engine would take either", () => {
    const twice = /Pulumi\.dev\.yaml has hooks:waf twice, with and without its namespace\. Remove one of the two\./;
    assert.throws(() => read("waf: true", "hooks:waf: false"), twice);
  });

  it("is refused with a key that the engine cannot read", () =>
    assert.throws(
      () => read("a:b:c: 1"),
      (error: Error) => error instanceof UserError && /has the key "a:b:c"\. Allowed: <namespace>:<name>/.test(error.message),
    ));

  it("has the stack's region; a missing file is reported with the existing stacks", () => {
    assert.deepEqual(["dev", "nobody"].map(stackRegion), ["eu-central-1", undefined]);
    for (const odd of ["", "../dev", "a b"])
      assert.throws(() => readStackConfig(odd), /^Error: No Pulumi\..*\.yaml here\. Stacks: dev, prod\.$/);
    assert.throws(() => readStackConfig("nobody"), /^Error: No Pulumi\.nobody\.yaml here\. Stacks: dev, prod\.$/);
  });

  it("can be empty or missing", () => {
    for (const text of ["", "# nothing yet\n", "config:", "config: {}"]) assert.deepEqual(readText(text), {}, text);
    rmSync(file());
    assert.equal(readStackFile(file(), "hooks"), undefined);
  });

  const broken: [string, string, string][] = [
    [
      "two keys in one line",
      "config:\n  aws:region: eu-central-1\n  waf: true network: private\n",
      "Pulumi.dev.yaml is not valid YAML at line 3, column 8: Nested mappings are not allowed in compact mappings. Correct that line.",
    ],
    [
      "a key twice",
      "config:\n  waf: true\n  waf: false\n",
      "Pulumi.dev.yaml is not valid YAML at line 3, column 3: Map keys must be unique. Correct that line.",
    ],
    [
      "an alias without an anchor",
      "config:\n  waf: *nope\n",
      "Pulumi.dev.yaml is not valid YAML: Unresolved alias (the anchor must be set before the alias): nope. Put a text that begins with * or & in quotation marks.",
    ],
    ["two documents", "config: {}\n---\nconfig: {}\n", "Pulumi.dev.yaml has two YAML documents. Allowed: one. Remove the second."],
    [
      "a list instead of keys",
      "config:\n  - waf\n",
      'config in Pulumi.dev.yaml is ["waf"]. Allowed: keys with values, such as "aws:region: eu-central-1" below "config:".',
    ],
    ["text only", "stack\n", 'Pulumi.dev.yaml is "stack". Allowed: keys with values, such as "aws:region: eu-central-1" below "config:".'],
  ];
  for (const [what, text, message] of broken)
    it(`is refused with ${what}: where, why and what next`, () =>
      assert.throws(
        () => readText(text),
        (error: Error) => error instanceof UserError && error.message === message,
      ));

  it("is refused if it is a folder or cannot be read", () => {
    mkdirSync(file());
    assert.throws(() => readStackFile(file(), "hooks"), {
      message: "Pulumi.dev.yaml is a folder. Allowed: a file. Move the folder away.",
    });
    rmSync(file(), { recursive: true });
    symlinkSync("Pulumi.dev.yaml", file());
    assert.throws(
      () => readStackFile(file(), "hooks"),
      /^Error: Pulumi\.dev\.yaml cannot be read \(ELOOP\)\. Check its type and permissions: ls -l Pulumi\.dev\.yaml$/,
    );
  });

  it("keeps secrets encrypted, also within a list as in docs/deploy.md", async () => {
    const found = read("token: {secure: v1:abc}", "alertSubscriptions: [{protocol: email, endpoint: {secure: v1:abc}}]");
    assert.deepEqual(found, {
      "hooks:token": "[secret]",
      "hooks:alertSubscriptions": '[{"protocol":"email","endpoint":"[secret]"}]',
    });
    const subscriptions: unknown = JSON.parse(found["hooks:alertSubscriptions"]);
    assert.ok((await program({ alertSubscriptions: subscriptions })).resources.length > 60);
  });
});
