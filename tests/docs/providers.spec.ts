import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { providerNames, type ProviderName } from "../../contract";
import { providers } from "../../handlers/providers";

describe("docs/providers.md", () => {
  const rows = [...readFileSync("docs/providers.md", "utf8").matchAll(/^\| `([\w-]+)` +\|(.*)\|$/gm)].map(
    ([, scheme, rest]) => [scheme, rest.split("|").map((cell) => cell.trim())] as const,
  );
  const answerOf = (scheme: string) => rows.find(([name]) => name === scheme)![1][2];

  it("has a row of each scheme, and no other", () =>
    assert.deepEqual(rows.map(([scheme]) => scheme).sort(), [...providerNames, "hmac"].sort()));

  for (const name of providerNames)
    it(`says what ${name} is answered`, () => {
      const { status, body } = providers[name as ProviderName].acknowledgement;
      assert.ok(answerOf(name).startsWith(String(status)), answerOf(name));
      if (body?.text) assert.ok(answerOf(name).includes(body.text), answerOf(name));
    });
});
