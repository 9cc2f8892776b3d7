import * as assert from "node:assert/strict";
import { acme, assertRefused, problemsOf } from "../helpers/configuration";

const texts = (count: number, value = "") => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
const answering = (answer: object, changes: object = {}, more: object = {}) =>
  acme({
    handshakes: [{ when: { path: "type" }, answer: { status: 200, contentType: "text/plain", ...answer }, ...changes }],
    ...more,
  });
const json = (body: unknown) => answering({ contentType: "application/json", body });
const token = { scheme: "token", token: { header: "x" } };

describe("A handshake of a description", () => {
  const right: [what: string, settings: Record<string, unknown>][] = [
    ["text with values of the request", answering({ body: "{path:a.b} {query:c} {header:X-D} {hmac-sha512-base64(path:e)}" })],
    ["JSON object of texts", json({ plain: "{path:a}", signed: "{hmac-sha256-hex(path:a)}" })],
    ["JSON text without values", json('{"ok":true}')],
    ["status without a body", answering({ status: 204, body: "" })],
  ];
  for (const [what, settings] of right) it(`is answered by a ${what}`, () => assert.deepEqual(problemsOf(settings), []));

  const wrong: [what: string, settings: Record<string, unknown>, message: RegExp][] = [
    ...["{path:chalenge", "{hmac-md5-hex(path:x)}", "{nosuch:x}", "{hmac-sha256-hex:challenge}", "{body}"].map(
      (body): [string, Record<string, unknown>, RegExp] => [
        `the template ${body}`,
        answering({ body }),
        /\.answer\.body is ".+"\. Allowed: a text whose placeholders are \{path:…\}, \{query:…\}, \{header:…\}, or \{hmac-sha256-hex/,
      ],
    ),
    ["a text of the request in JSON", json('{"c":"{query:c}"}'), /\.body is .+ Allowed: an object with texts, because a JSON answer has/],
    ["17 texts", json(texts(17)), /\.answer\.body is .+ Allowed: .+at most 16 texts/],
    ["nine values", answering({ body: "{path:c}".repeat(9) }), /\.answer\.body is .+ Allowed: .+at most 8 values of the request\.$/],
    ["a body beside 204", answering({ status: 204, body: "x" }), /\.answer\.status is 204, which has no body\. Set body to ""\.$/],
    [
      "a signature beside a token",
      answering({ body: "{hmac-sha256-hex(path:x)}" }, {}, { verify: token }),
      /\.handshakes has an answer with a signature, but the scheme token has no key for it\. Remove \{hmac-…\}\.$/,
    ],
    [
      "17 values of its condition",
      answering({ body: "" }, { when: { path: "t", is: Object.keys(texts(17)) } }),
      /\.when\.is is .+ Allowed: a list of at most 16 values\.$/,
    ],
  ];
  for (const [what, settings, message] of wrong) it(`is refused with ${what}`, () => assertRefused(settings, message));
});
