import * as assert from "node:assert/strict";
import { UserError } from "../../domain/userError";
import { stackConfigOf } from "../../config/stackFile";
import { program } from "../../testbed/program";

const read = (...lines: string[]) => stackConfigOf(["config:", ...lines.map((line) => `  ${line}`)].join("\n"), "hooks", "Pulumi.dev.yaml");

describe("A stack's file", () => {
  it("has the project's own keys with and without its name before them", () => {
    const found = read("aws:region: eu-central-1", "waf: true", "hooks:audit: true", "hooks:config:protect: true");
    assert.deepEqual(found, { "aws:region": "eu-central-1", "hooks:waf": "true", "hooks:audit": "true", "hooks:protect": "true" });
  });

  it("says no key twice: the engine would take either", () => {
    const twice = /Pulumi\.dev\.yaml says hooks:waf twice, with and without its namespace: keep one of the two\./;
    assert.throws(() => read("waf: true", "hooks:waf: false"), twice);
  });

  it("has no key that the engine cannot read", () =>
    assert.throws(
      () => read("a:b:c: 1"),
      (error: Error) => error instanceof UserError && /has the key "a:b:c", but a key must be <namespace>:<name>/.test(error.message),
    ));

  it("may say nothing", () => {
    assert.deepEqual(stackConfigOf("", "hooks", "Pulumi.dev.yaml"), {});
    assert.deepEqual(stackConfigOf("config:", "hooks", "Pulumi.dev.yaml"), {});
  });

  it("keeps its secrets, wherever they lie: within a list as docs/deploy.md sets them, too", async () => {
    const found = read("token: {secure: v1:abc}", "alertSubscriptions: [{protocol: email, endpoint: {secure: v1:abc}}]");
    assert.deepEqual(found, {
      "hooks:token": "[secret]",
      "hooks:alertSubscriptions": '[{"protocol":"email","endpoint":"[secret]"}]',
    });
    const subscriptions: unknown = JSON.parse(found["hooks:alertSubscriptions"]);
    assert.ok((await program({ alertSubscriptions: subscriptions })).resources.length > 60);
  });
});
