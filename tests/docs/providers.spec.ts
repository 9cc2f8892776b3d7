import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { codedProviders, type CodedProvider } from "../../domain/sources";
import { bounds } from "../../handlers/request/bounds";
import { providers } from "../../handlers/sources";

describe("docs/providers.md", () => {
  const sections = readFileSync("docs/providers.md", "utf8").split(/^##? /m);
  const rowsOf = (heading: string) =>
    [...sections.find((section) => section.startsWith(`${heading}\n`))!.matchAll(/^\| `([\w-]+)` +\|(.*)\|$/gm)].map(
      ([, provider, rest]) => [provider, rest.split("|").map((cell) => cell.trim())] as const,
    );
  const rows = rowsOf("Providers");
  const answerOf = (provider: string) => rows.find(([name]) => name === provider)![1][2];

  for (const heading of ["Providers", "Secrets", "Test mode and account"])
    it(`has a row for each provider, and no other, under "${heading}"`, () =>
      assert.deepEqual(
        rowsOf(heading)
          .map(([provider]) => provider)
          .sort(),
        [...codedProviders, "custom"].sort(),
      ));

  for (const [provider, [mode, account]] of rowsOf("Test mode and account").filter(([name]) => name !== "custom"))
    it(`says whether events of ${provider} have a mode and an account`, () => {
      const says = Object.hasOwn(providers, provider) && providers[provider as CodedProvider].originOf !== undefined;
      assert.equal(mode !== "not said" || account !== "not said", says);
    });

  it("says each limit before verification", () => {
    const section = sections.find((one) => one.startsWith("Limits before verification\n"))!;
    for (const [name, most] of Object.entries(bounds))
      assert.match(section, new RegExp(`\\| +${most.toLocaleString("en")}( bytes)? +\\|`), name);
  });

  for (const name of codedProviders)
    it(`says what ${name} is answered`, () => {
      const { status, body } = providers[name as CodedProvider].acknowledgment;
      assert.ok(answerOf(name).startsWith(String(status)), answerOf(name));
      if (body?.text) assert.ok(answerOf(name).includes(body.text), answerOf(name));
    });
});
