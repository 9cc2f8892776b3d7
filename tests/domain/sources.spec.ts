import * as assert from "node:assert/strict";
import type { Verification } from "../../domain/description";
import { confidentialHeaders } from "../../domain/sources";

const described = (verify: object) => ({
  provider: "custom",
  description: { mediaTypes: ["json"] as const, identity: { digest: true } as const, verify: verify as Verification },
});

describe("Headers that no log may show", () => {
  const rows: [what: string, settings: Parameters<typeof confidentialHeaders>[0], headers: string[]][] = [
    ["of a provider with code", { provider: "stripe" }, ["stripe-signature"]],
    ["of a signature", described({ scheme: "hmac", signature: { header: "x-sig" } }), ["x-sig"]],
    ["of a signature in the body", described({ scheme: "hmac", signature: { path: "sig" } }), []],
    ["of a token", described({ scheme: "token", token: { header: "x-token" } }), ["x-token"]],
    ["of a name and a password", described({ scheme: "basic" }), ["authorization"]],
  ];
  for (const [what, settings, headers] of rows) it(`are those ${what}`, () => assert.deepEqual(confidentialHeaders(settings), headers));
});
