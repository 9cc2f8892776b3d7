import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020";
import { parse } from "yaml";
import { codedProviders, type CodedProvider } from "../../domain/sources";
import { bounds } from "../../handlers/request/bounds";
import { providers } from "../../handlers/sources";
import { descriptionKeys, keyExamples } from "../../tools/repo/descriptionKeys";
import { problemsOf } from "../helpers/configuration";

describe("docs/providers.md", () => {
  const page = readFileSync("docs/providers.md", "utf8");
  const sections = page.split(/^##? /m);
  const rowsOf = (heading: string) =>
    [...sections.find((section) => section.startsWith(`${heading}\n`))!.matchAll(/^\| `([\w-]+)` +\|(.*)\|$/gm)].map(
      ([, provider, rest]) => [provider, rest.split("|").map((cell) => cell.trim())] as const,
    );
  const rows = rowsOf("Providers");
  const answerOf = (provider: string) => rows.find(([name]) => name === provider)![1][2];

  it("says the meaning of each key of a description, and of no other", () => {
    const [known, said] = [descriptionKeys(), keyExamples()];
    assert.ok(known.size > 30);
    assert.deepEqual([...said.keys()].sort(), [...known.keys()].sort());
  });

  for (const [path, example] of keyExamples())
    it(`shows an example of ${path} that its schema allows`, () => {
      const { schemas } = descriptionKeys().get(path)!;
      const value: unknown = parse(example);
      assert.ok(
        schemas.some((schema) => new Ajv({ strict: false }).validate(schema, value)),
        example,
      );
    });

  it("shows only descriptions that the configuration accepts", () => {
    const blocks = [...page.matchAll(/^```yaml\n([^]+?)^```/gm)].map(([, text]) => parse(text) as { config?: Record<string, unknown> });
    const configured = blocks.flatMap(({ config }) => (config ? [config["webhook-pipeline:sources"]] : []));
    assert.ok(configured.length >= 3);
    for (const sources of configured) assert.deepEqual(problemsOf({ sources }), []);
  });

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
