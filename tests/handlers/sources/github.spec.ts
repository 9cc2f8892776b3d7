import * as assert from "node:assert/strict";
import { parseBody } from "../../../handlers/request/body";
import { github } from "../../../handlers/sources/github";
import { webhookRequest } from "../../../testbed/handlers";
import { passes, refusesAs } from "../../helpers/signatures";

const body = '{"action":"opened","name":"Zoë €"}';
const secret = "It's a Secret to Everybody";
const request = (signature: string, payload = body) =>
  webhookRequest(Buffer.from(payload), {
    "x-github-event": "issues",
    "x-hub-signature-256": signature,
  });

describe("A GitHub signature", () => {
  type Methods = typeof import("@octokit/webhooks-methods");
  let methods: Methods;
  before(async () => (methods = await import("@octokit/webhooks-methods")));

  const refuses = (signature: string, reason: string, payload?: string) =>
    refusesAs(reason, () => github.verify(request(signature, payload), [{ secret }], new Date()));

  for (const [what, sign, payload, expected] of [
    ["as it should be", () => methods.sign(secret, body), body, true],
    ["of an altered body", () => methods.sign(secret, body), `${body} `, false],
    ["with another secret", () => methods.sign("other", body), body, false],
  ] as [string, () => Promise<string>, string, boolean][]) {
    it(`${what} is judged as GitHub's own library judges it`, async () => {
      const signature = await sign();
      const ours = await passes(() => github.verify(request(signature, payload), [{ secret }], new Date()));
      assert.deepEqual([ours, await methods.verify(secret, payload, signature)], [expected, expected]);
    });
  }

  it("matches the example of GitHub's documentation", () => {
    const headers = { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" };
    github.verify(webhookRequest(Buffer.from("Hello, World!"), headers), [{ secret }], new Date());
  });

  it("in capitals is refused", async () => refuses((await methods.sign(secret, body)).toUpperCase(), "mismatch"));
  it("of the older SHA-1 is refused", () => refuses("sha1=0000000000000000000000000000000000000000", "mismatch"));
});

describe("A GitHub event", () => {
  const identify = (headers: Record<string, string>, payload = body, type = "application/json") => {
    const given = webhookRequest(Buffer.from(payload), { "content-type": type, ...headers });
    return github.identify(parseBody(given.body, given.mediaType)!, given);
  };

  it("has its name and action as type", () => {
    assert.equal(identify({ "x-github-event": "issues" })!.eventType, "issues.opened");
    assert.equal(identify({ "x-github-event": "push" }, "{}")!.eventType, "push");
    const form = new URLSearchParams({ payload: body }).toString();
    assert.equal(identify({ "x-github-event": "issues" }, form, "application/x-www-form-urlencoded")!.eventType, "issues.opened");
    assert.equal(identify({ "x-github-event": "issues" }, "payload=%7B", "application/x-www-form-urlencoded")!.eventType, "issues");
  });

  it("is not read from a JSON body's own payload field", () => {
    assert.equal(identify({ "x-github-event": "x" }, '{"payload":"{\\"action\\":\\"y\\"}"}')!.eventType, "x");
  });

  const idOf = (delivery: string | undefined, name = "issues", payload = body) =>
    identify({ "x-github-event": name, ...(delivery !== undefined && { "x-github-delivery": delivery }) }, payload)!.eventId;

  it("has the same ID at each redelivery, and another with another delivery ID, name or body", () => {
    assert.match(idOf("1"), /^[0-9a-f]{64}$/);
    assert.equal(idOf("1"), idOf("1"));
    const all = [idOf("1"), idOf("2"), idOf("1", "issue_comment"), idOf("1", "issues", `${body} `), idOf(undefined)];
    assert.equal(new Set(all).size, all.length);
  });

  it("without a delivery ID is identified by name and body", () => {
    assert.equal(idOf(undefined), idOf(undefined));
    assert.notEqual(idOf(undefined), idOf(undefined, "issues", `${body} `));
  });

  it("without a name has no identity", () => assert.equal(identify({}), undefined));
});
