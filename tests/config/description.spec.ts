import * as assert from "node:assert/strict";
import { descriptionSchema } from "../../config/description";
import { catalogProviders, descriptionOf } from "../../domain/catalog";
import { acme, assertRefused, bodyAlone, parseSettings, problemsOf } from "../helpers/configuration";

const { verify } = bodyAlone;
const signing = (changes: object) => acme({ verify: { ...verify, ...changes } });
const timed = (signed: string, changes: object = {}) =>
  acme({ verify: { ...verify, signed }, time: { header: "X-Time", unit: "seconds" }, ...changes });

const plainAnswer = { status: 200, contentType: "text/plain", body: "" };
const jwt = (changes: object, more: object = {}) =>
  acme({ verify: { scheme: "jwt", token: { header: "Authorization", prefix: "Bearer " }, algorithm: "HS256", ...changes }, ...more });
const digest = { claim: "payload_hash", digest: "sha256-hex" };
const byIssuer = { algorithm: "RS256", jwks: "https://keys.example.com/v1/certs", issuer: "example", body: digest };

const signedAnswer = { status: 200, contentType: "application/json", body: { token: "{hmac-sha256-hex(path:challenge)}" } };

const meaning = { types: ["paid"], kind: "refund", documentation: "https://example.com/events" };
const meanings = (row: object = {}, changes: object = {}) =>
  acme({ type: { paths: ["type"] }, meanings: { rows: [{ ...meaning, ...row }] }, ...changes });

describe("A description of how a source signs", () => {
  for (const name of catalogProviders)
    it(`may say what the catalog says of ${name}`, () => {
      const description = JSON.parse(JSON.stringify(descriptionOf(name))) as object;
      assert.deepEqual(descriptionSchema.parse(description), description);
    });

  it("can sign time and ID, and has its headers in lower case", () => {
    const settings = timed("{id}.{time}.{body}", { identity: { header: "X-Id" }, type: { paths: ["event.type"] } });
    const { description } = parseSettings(settings).sources[0];
    assert.deepEqual([description!.time, description!.identity], [{ header: "x-time", unit: "seconds" }, { header: "x-id" }]);
  });

  const right: [what: string, settings: Record<string, unknown>][] = [
    ["a time in digits beside a JSON body", timed("{time}{body}")],
    ["a body before its time", timed("{body}{time}")],
    ["method and URL, which are fixed", timed("{method}{url}{body}{time}")],
    [
      "an ID before a time of RFC 3339",
      timed("{id}{time}{body}", { identity: { header: "x-id" }, time: { header: "x-time", unit: "rfc3339" } }),
    ],
    ["meanings of its events", meanings({ when: [{ some: "parts", where: [{ path: "state", isNot: [null, 0] }] }] })],
    ["a time in the signed body", acme({ time: { path: "sentAt", unit: "milliseconds" } })],
    ["an event in a field of a form", acme({ mediaTypes: ["form", "multipart"], jsonField: "payload" })],
    ["a HEAD that is answered", acme({ answersHead: true })],
    ["a token whose key is the secret", jwt({ body: digest })],
    ["a token for the registered URL", jwt({ ...byIssuer, audience: "{url}" })],
    ["a token with a stored claim", jwt({ ...byIssuer, audience: "webhooks", secretClaims: ["email"], claims: { email_verified: true } })],
    ["messages of Amazon SNS", acme({ verify: { scheme: "aws-sns" }, readAs: "json" })],
    ["several signatures of which any may match", signing({ signature: { header: "x-a", separator: ",", prefix: "v1=" } })],
  ];
  for (const [what, settings] of right) it(`can have ${what}`, () => assert.deepEqual(problemsOf(settings), []));

  const rows: [what: string, settings: Record<string, unknown>, message: RegExp][] = [
    ["an unknown kind", meanings({ kind: "sale" }), /\.meanings\.rows\[0\]\.kind is "sale"\. Allowed: payment\.authorized, /],
    ["a condition of no form", meanings({ when: [{ path: "a" }] }), /\.rows\[0\]\.when\[0\] .+ Allowed: an object with path and is, /],
    ["an amount without a currency", meanings({ amount: { value: "a", unit: "minor" } }), /\.amount\.currency /],
    [
      "meanings of a type that is not in the body",
      meanings({}, { type: { header: "x-type" } }),
      /\.meanings is set, but the type is not in the body\. Set type\.paths, or remove meanings\.$/,
    ],
    [
      "meanings of a body that nobody signs",
      { ...meanings({}, { verify: { scheme: "basic" } }) },
      /\.meanings is set, but the signature does not cover the body\. Remove it\.$/,
    ],
    [
      "no scheme",
      acme({ verify: {} }),
      /^sources\[0\]\.description\.verify(\.scheme)? is .+\. Allowed: an object with the key scheme: hmac, ed25519,/,
    ],
    ["an unknown algorithm", signing({ algorithm: "md5" }), /\.verify\.algorithm is "md5"\. Allowed: sha1, sha256, sha384, sha512\.$/],
    [
      "a header that AWS WAF could not redact",
      signing({ signature: { header: `x-${"a".repeat(63)}` } }),
      /\.verify\.signature\.header is "x-a{63}"\. Allowed: a header name of at most 64/,
    ],
    [
      "no place of the signature",
      signing({ signature: {} }),
      /\.verify\.signature is \{\}\. Allowed: exactly one of the keys header, path, query\.$/,
    ],
    [
      "two places of the signature",
      signing({ signature: { header: "a", path: "b" } }),
      /Allowed: exactly one of the keys header, path, query\.$/,
    ],
    [
      "a path with an empty key",
      acme({ identity: { paths: ["a..b"] } }),
      /\.identity\.paths\[0\] is "a\.\.b"\. Allowed: keys separated by dots, such as data\.id, of at most 256 characters\.$/,
    ],
    ["a template without the body", signing({ signed: "x" }), /\.verify\.signed is "x"\. Allowed: a template with \{body\}/],
    ["a template with the body twice", signing({ signed: "{body}.{body}" }), /\.verify\.signed is .+; \{body\} once/],
    ["a misspelled placeholder", signing({ signed: "{bdy}.{body}" }), /\.verify\.signed is "\{bdy\}\.\{body\}"\. Allowed: a template with/],
    ["a placeholder without its name", signing({ signed: "{header}.{body}" }), /Allowed: a template in which \{header:…\} has a name\.$/],
    [
      "a placeholder with a name that it does not have",
      signing({ signed: "{method:POST}{body}" }),
      /Allowed: a template in which \{method\} has none\.$/,
    ],
    ["a time that is not signed", timed("{body}"), /Allowed: a template with \{time\} once, because time is set\.$/],
    ["a signed time without a place", signing({ signed: "{time}.{body}" }), /Allowed: a template without \{time\}\. Set time to use it\.$/],
    ["an ID without a header", signing({ signed: "{id}.{body}" }), /Allowed: a template with \{id\} only if identity has a header\.$/],
    [
      "an ID that touches the body",
      acme({ verify: { ...verify, signed: "{id}{body}" }, identity: { header: "x-id" } }),
      /Allowed: a template with text between \{id\} and \{body\}\.$/,
    ],
    [
      "an ID that touches a time in digits",
      timed("{id}{time}.{body}", { identity: { header: "x-id" } }),
      /Allowed: a template with text between \{id\} and \{time\}\.$/,
    ],
    [
      "a time that touches the body of a form",
      timed("{time}{body}", { mediaTypes: ["form"] }),
      /Allowed: a template with text between \{time\} and \{body\}\.$/,
    ],
    [
      "a time beside a token",
      acme({ verify: { scheme: "token", token: { header: "x" } }, time: { header: "t", unit: "seconds" } }),
      /\.description\.time is set, but a token signs no time\. Remove it\.$/,
    ],
    [
      "a shown token that is signed, or in the query",
      acme({ handshakes: [{ when: { path: "token" }, show: true, answer: plainAnswer }] }),
      /\.handshakes\[0\]\.show is set, but only an unsigned value in body or header is shown\. Set unsigned, and path or header\.$/,
    ],
    [
      "a shown token beside basic authentication",
      acme({ verify: { scheme: "basic" }, handshakes: [{ when: { path: "token" }, unsigned: true, show: true, answer: plainAnswer }] }),
      /\.handshakes shows a token, but basic authentication has two values\. Remove show\.$/,
    ],
    [
      "a field of a form, but no form",
      acme({ jsonField: "payload" }),
      /\.jsonField is set, but mediaTypes has neither form nor multipart\. Remove it, or add one of them\.$/,
    ],
    [
      "items, but no JSON",
      acme({ mediaTypes: ["multipart"], jsonField: "payload", items: "events" }),
      /\.items is set, but only a JSON body is split\. Remove it, or add json to mediaTypes\.$/,
    ],
    ["a HEAD that is not answered", acme({ answersHead: false }), /\.answersHead is false\. Allowed: true\.$/],
    [
      "a time beside a JSON Web Token",
      jwt({ body: digest }, { time: { header: "t", unit: "seconds" } }),
      /\.description\.time is set, but a token says its own time\. Remove it\.$/,
    ],
    [
      "a time beside Amazon SNS",
      acme({ verify: { scheme: "aws-sns" }, time: { header: "t", unit: "seconds" } }),
      /\.description\.time is set, but SNS signs no time of sending\. Remove it\.$/,
    ],
    ["an algorithm that signs nothing", jwt({ algorithm: "none" }), /\.verify\.algorithm is "none"\. Allowed: HS256, RS256, ES256\.$/],
    [
      "a set of keys for HS256",
      jwt({ ...byIssuer, algorithm: "HS256" }),
      /\.verify\.jwks is set, but the key of HS256 is the source's secret\. Remove it\.$/,
    ],
    [
      "no set of keys",
      jwt({ ...byIssuer, audience: "{url}", jwks: undefined }),
      /\.verify\.jwks is .+ the https URL of the issuer's keys, because/,
    ],
    ["no issuer of the keys", jwt({ ...byIssuer, audience: "{url}", issuer: undefined }), /\.verify\.issuer is .+ the claim iss, because/],
    [
      "a token that could be for another customer",
      jwt({ ...byIssuer, audience: "webhooks" }),
      /\.verify\.audience is "webhooks"\. Allowed: \{url\}, or any other with secretClaims: the issuer signs for others/,
    ],
    ...[
      "http://keys.example.com/certs",
      "https://keys.example.com:8443/certs",
      "https://127.0.0.1/certs",
      "https://a@example.com/certs",
    ].map((jwks): [string, Record<string, unknown>, RegExp] => [
      `keys at ${jwks}`,
      jwt({ ...byIssuer, audience: "{url}", jwks }),
      /\.verify\.jwks is .+ Allowed: an https URL with a host name and a path, without port and query\.$/,
    ]),
    [
      "a stored claim with the name of the URL",
      jwt({ body: digest, secretClaims: ["url"] }),
      /\.verify\.secretClaims\[0\] is "url"\. Allowed: the name of a claim of at most 64 characters, other than secret, url and publicKey\.$/,
    ],
    ["another digest", jwt({ body: { ...digest, digest: "md5" } }), /\.verify\.body\.digest is "md5"\. Allowed: sha256-hex\.$/],
    ["a token that signs no body", jwt({}), /does not sign its events: .+ Set unsigned: true if you accept that\.$/],
    [
      "an unknown key",
      acme({ tolerance: 9 }),
      /^sources\[0\]\.description has the unknown key "tolerance"\. Allowed: mediaTypes, jsonField, readAs, verify,/,
    ],
    [
      "an unknown unit",
      acme({ time: { header: "x", unit: "hours" } }),
      /\.time\.unit is "hours"\. Allowed: seconds, milliseconds, rfc3339\.$/,
    ],
    [
      "an unsigned handshake whose answer is signed",
      acme({ handshakes: [{ when: { path: "challenge" }, answer: signedAnswer, unsigned: true }] }),
      /\.handshakes\[0\]\.unsigned is set, but the answer has a signature of the request\. Remove one of the two\.$/,
    ],
    [
      "an answer that is no success",
      acme({ answer: { status: 500 } }),
      /\.answer\.status is 500\. Allowed: a whole number of the status from 200 to 299\.$/,
    ],
  ];
  for (const [what, settings, message] of rows) it(`is refused with ${what}`, () => assertRefused(settings, message));
});
