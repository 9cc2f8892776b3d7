import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { providerNames, type ProviderName } from "../../domain/event";
import { bounds } from "../../handlers/bounds";
import { providers } from "../../handlers/sources";

describe("docs/providers.md", () => {
  const sections = readFileSync("docs/providers.md", "utf8").split(/^##? /m);
  const rowsOf = (heading: string) =>
    [...sections.find((section) => section.startsWith(`${heading}\n`))!.matchAll(/^\| `([\w-]+)` +\|(.*)\|$/gm)].map(
      ([, scheme, rest]) => [scheme, rest.split("|").map((cell) => cell.trim())] as const,
    );
  const rows = rowsOf("Who may send");
  const answerOf = (scheme: string) => rows.find(([name]) => name === scheme)![1][2];

  for (const heading of ["Who may send", "Test mode and account"])
    it(`has a row of each scheme, and no other, under "${heading}"`, () =>
      assert.deepEqual(
        rowsOf(heading)
          .map(([scheme]) => scheme)
          .sort(),
        [...providerNames, "hmac"].sort(),
      ));

  for (const [scheme, [mode, account]] of rowsOf("Test mode and account"))
    it(`says of ${scheme} whether its events have a mode and an account`, () => {
      const says = Object.hasOwn(providers, scheme) && providers[scheme as ProviderName].originOf !== undefined;
      assert.equal(mode !== "not said" || account !== "not said", says);
    });

  it("says each bound of the work before a signature is proven", () => {
    const section = sections.find((one) => one.startsWith("Work before a signature is proven\n"))!;
    for (const [name, most] of Object.entries(bounds))
      assert.match(section, new RegExp(`\\| +${most.toLocaleString("en")}( bytes)? +\\|`), name);
  });

  for (const name of providerNames)
    it(`says what ${name} is answered`, () => {
      const { status, body } = providers[name as ProviderName].acknowledgement;
      assert.ok(answerOf(name).startsWith(String(status)), answerOf(name));
      if (body?.text) assert.ok(answerOf(name).includes(body.text), answerOf(name));
    });
});
