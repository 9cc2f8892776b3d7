import * as assert from "node:assert/strict";
import { acme, hmac, parseSettings, problemsOf } from "../helpers/configuration";

describe("Sources of the provider hmac", () => {
  it("can sign time and ID", () => {
    const described = {
      signed: "{id}.{timestamp}.{body}",
      timestampHeader: "X-Time",
      idHeader: "X-Id",
      prefix: "v1=",
      typePath: "event.type",
    };
    assert.deepEqual(parseSettings(acme(described)).sources.at(-1)!.hmac, {
      ...hmac,
      ...described,
      header: "x-acme-signature",
      timestampHeader: "x-time",
      idHeader: "x-id",
    });
  });

  it("can detect duplicates by a delivery ID", () => {
    assert.equal(parseSettings(acme({ deliveryHeader: "X-Acme-Delivery" })).sources.at(-1)!.hmac!.deliveryHeader, "x-acme-delivery");
  });

  const rows: [string, Record<string, unknown>, RegExp][] = [
    [
      "a delivery ID beside the event's own ID",
      acme({ deliveryHeader: "x-delivery", idPath: "id" }),
      /^sources\[0\]\.hmac\.deliveryHeader is set, but is used only for events without an ID\. Remove it, or remove idHeader and idPath\.$/,
    ],
    [
      "the signature's header as delivery ID",
      acme({ deliveryHeader: "x-acme-signature" }),
      /^sources\[0\]\.hmac\.deliveryHeader is the header of the signature, which differs for each delivery\. Use the header of the delivery ID\.$/,
    ],
    [
      "a missing header",
      acme({ header: undefined }),
      /^sources\[0\]\.hmac\.header is missing\. Allowed: a header name of at most 64 characters\.$/,
    ],
    [
      "a header that AWS WAF could not redact",
      acme({ header: `x-${"a".repeat(63)}` }),
      /^sources\[0\]\.hmac\.header is "x-a{63}"\. Allowed: a header name of at most 64 characters\.$/,
    ],
    [
      "an unknown algorithm",
      acme({ algorithm: "md5" }),
      /^sources\[0\]\.hmac\.algorithm is "md5"\. Allowed: sha1, sha256, sha384, sha512\.$/,
    ],
    ["an unknown key of hmac", acme({ tolerance: 9 }), /^sources\[0\]\.hmac has the unknown key "tolerance"\. Allowed: header, algorithm,/],
    [
      "a path with an empty key",
      acme({ idPath: "a..b" }),
      /^sources\[0\]\.hmac\.idPath is "a\.\.b"\. Allowed: keys separated by dots, such as data\.id\.$/,
    ],
    [
      "a template without the body",
      acme({ signed: "x" }),
      /^sources\[0\]\.hmac\.signed is "x"\. Allowed: a template with \{body\} once\. Set timestampHeader or idHeader to use \{timestamp\} or \{id\}\.$/,
    ],
    [
      "an unsigned time",
      acme({ timestampHeader: "x-time" }),
      /^sources\[0\]\.hmac\.signed is "\{body\}"\. Allowed: a template with \{body\}, \{timestamp\}, each once/,
    ],
    [
      "a signed time without a header",
      acme({ signed: "{timestamp}{body}" }),
      /^sources\[0\]\.hmac\.signed is "\{timestamp\}\{body\}"\. Allowed: a template with \{body\} once\. Set timestampHeader or idHeader/,
    ],
    [
      "an unsigned ID",
      acme({ idHeader: "x-id" }),
      /^sources\[0\]\.hmac\.signed is "\{body\}"\. Allowed: a template with \{body\}, \{id\}, each once/,
    ],
    [
      "nothing between two placeholders",
      acme({ signed: "{id}{body}", idHeader: "x-id" }),
      /^sources\[0\]\.hmac\.signed is "\{id\}\{body\}"\. Allowed: a template with .*, and text between them\.$/,
    ],
    [
      "two IDs",
      acme({ signed: "{id}.{body}", idHeader: "x-id", idPath: "id" }),
      /^sources\[0\]\.hmac\.idHeader is set together with idPath, but an event has one ID\. Remove one of the two\.$/,
    ],
  ];
  for (const [what, settings, message] of rows) {
    it(`are refused with ${what}, in one line`, () => {
      const problems = problemsOf(settings);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0], message);
    });
  }
});
