import * as assert from "node:assert/strict";
import { acme, assertRefused, bodyAlone, problemsOf } from "../helpers/configuration";

const { verify } = bodyAlone;
const token = { scheme: "token", token: { path: "auth.passcode" } };

describe("A description", () => {
  const long = `${"a.".repeat(128)}b`;
  const claims = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`c${index}`, 1]));
  const jwt = { scheme: "jwt", token: { header: "a" }, algorithm: "HS256" };
  const inHeader = { ...verify, signature: { header: "X-S" } };
  const leak = (key: string) =>
    new RegExp(`\\.${key} is at the place of the token or signature, and would be logged\\. Set another place\\.$`);
  const movable = (one: string, other: string) => new RegExp(`a template with text between \\{${one}\\} and \\{${other}\\}\\.$`);
  const rfc3339 = { time: { header: "x-time", unit: "rfc3339" }, identity: { header: "x-id" } };
  const rows: [what: string, settings: Record<string, unknown>, message: RegExp][] = [
    ["a long path", acme({ identity: { paths: [long] } }), /\.paths\[0\] is .+ of at most 256 characters\.$/],
    ["a long path of a meaning", acme({ type: { paths: ["t"] }, meanings: { payment: long, rows: [] } }), /\.meanings\.payment/],
    ["many claims", acme({ verify: { ...jwt, claims } }), /\.verify\.claims is .+ Allowed: an object with at most 16 claims\.$/],
    ["a long claim", acme({ verify: { ...jwt, claims: { a: "x".repeat(257) } } }), /\.claims\.a is .+ a text of at most 256 characters/],
    ["a type at the token", acme({ verify: token, type: { paths: ["a", "auth.passcode"] } }), leak("type")],
    ["an ID at the token", acme({ verify: token, identity: { paths: ["auth.passcode"] } }), leak("identity")],
    ["an account at the token", acme({ verify: token, account: { path: "auth.passcode" } }), leak("account")],
    [
      "a type at the token of an item",
      acme({ verify: { scheme: "token", token: { path: "value.1.state" } }, items: "value", type: { paths: ["state"] } }),
      leak("type"),
    ],
    [
      "a type at the token of an item of the body",
      acme({ verify: { scheme: "token", token: { path: "0.state" } }, items: "", type: { paths: ["state"] } }),
      leak("type"),
    ],
    ["a type at the signature's header", acme({ verify: inHeader, type: { header: "x-s" } }), leak("type")],
    [
      "a type at the token beside the items",
      acme({ verify: { scheme: "token", token: { path: "state" } }, items: "value", type: { paths: ["$.state"] } }),
      leak("type"),
    ],
    [
      "a type at another signature's header",
      acme({ verify: { ...verify, signature: { header: "X-S-1", moreHeaders: ["X-S-2"] } }, type: { header: "x-s-2" } }),
      leak("type"),
    ],
    ["an ID at the password", acme({ verify: { scheme: "basic" }, identity: { header: "Authorization" } }), leak("identity")],
    [
      "a window without a digest",
      acme({ identity: { paths: ["id"], windowSeconds: 600 } }),
      /\.identity\.windowSeconds is set, but only a digest needs it\. Remove it\.$/,
    ],
    [
      "texts beside forms",
      acme({ mediaTypes: ["form", "text"] }),
      /\.mediaTypes has form beside text, xml or bytes, but any text is a form\. Remove one of them\.$/,
    ],
    [
      "an answer with 204 and a body",
      acme({ answer: { status: 204, body: "x" } }),
      /\.description\.answer\.status is 204, which has no body\. Set body to ""\.$/,
    ],
    [
      "a template that is no text",
      acme({ verify: { scheme: "ed25519", key: "hex", encoding: "hex", signature: { header: "x" }, signed: 5 } }),
      /\.verify\.signed is 5\. Allowed: a template with \{body\}/,
    ],
    ["an answer with 204 and the transaction ID", acme({ answer: { status: 204 } }), /\.answer\.status is 204, which has no body/],
    [
      "an ID that touches a time beside another value",
      acme({ verify: { ...verify, signed: "{id}{time}.{header:x-topic}.{body}" }, ...rfc3339 }),
      movable("id", "time"),
    ],
    [
      "an ID that touches a time in a form",
      acme({ verify: { ...verify, signed: "{id}{time}.{body}" }, mediaTypes: ["form"], ...rfc3339 }),
      movable("id", "time"),
    ],
  ];
  for (const [what, settings, message] of rows) it(`is refused with ${what}`, () => assertRefused(settings, message));

  it("may have a window of its digest, and a type beside the token", () => {
    assert.deepEqual(problemsOf(acme({ identity: { digest: true, windowSeconds: 600 } })), []);
    const other = acme({ verify: token, items: "auth", type: { paths: ["passcode"] } });
    assert.ok(!problemsOf(other).some((one) => leak("type").test(one)));
  });
});
