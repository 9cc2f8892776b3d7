import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { tooLongName } from "../../../domain/names";
import { version } from "../../../package.json";

/** A part of a package's schema. @see https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/ */
interface Described {
  properties?: Record<string, object>;
  inputProperties?: Record<string, object>;
  required?: string[];
  requiredInputs?: string[];
}
interface Schema {
  types: Record<string, Described>;
  resources: Record<string, Described>;
}

const folder = "tests/bin/plugin/releases";
const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Schema;
const current = read("bin/plugin/schema.json");
const [major] = version.split(".");
const releases = readdirSync(folder).map((file) => path.basename(file, ".json"));

/** Names each argument and output with its type. */
function promisesOf({ types, resources }: Schema): Map<string, string> {
  const described = Object.entries({ ...types, ...resources });
  return new Map(
    described.flatMap(([token, { properties = {}, inputProperties = {} }]) =>
      Object.entries({ properties, inputProperties }).flatMap(([kind, all]) =>
        Object.entries(all).map(([name, property]) => [`${token} ${kind} ${name}`, typeOf(property)] as const),
      ),
    ),
  );
}

/** Returns a type without its words. */
function typeOf(property: object): string {
  return JSON.stringify(property, (key, value: unknown) => (/^(description|default)$/.test(key) ? undefined : value));
}

/** Returns the description of an argument, or of a key of a type. */
function descriptionOf(type: string, name: string): string {
  const { inputProperties, properties } = { ...current.types, ...current.resources }[`webhook:index:${type}`];
  return ((inputProperties ?? properties)![name] as { description: string }).description;
}

describe("The schema of the package", () => {
  const bounds: [type: string, name: string, allowed: RegExp][] = [
    ["WebhookPipeline", "environmentSuffix", /Allowed: at most 33 lower-case letters/],
    ["WebhookPipeline", "sources", /Allowed: a list of at least one source/],
    ["Source", "unsigned", /Allowed: true\.$/],
    ["Source", "events", /; at least 1\.$/],
    ["Source", "allowedCidrs", /; at least 1\.$/],
    ["Destination", "url", /Allowed: an https URL/],
    ["Destination", "kinds", /; at least 1\.$/],
    ["Destination", "consumerRoles", /; at most 48\.$/],
  ];
  for (const [type, name, allowed] of bounds)
    it(`states what ${name} of a ${type} allows`, () => assert.match(descriptionOf(type, name), allowed));

  it("states the longest suffix with which every name fits", () => {
    assert.equal(tooLongName("x".repeat(33)), undefined);
    assert.ok(tooLongName("x".repeat(34)));
  });

  it("is recorded for this version", () => assert.ok(releases.includes(version), version));

  for (const release of releases.filter((one) => one.startsWith(`${major}.`)))
    it(`has every argument and output of ${release}, with its type, and requires no more`, () => {
      const before = read(path.join(folder, `${release}.json`));
      const now = promisesOf(current);
      for (const [name, type] of promisesOf(before)) assert.equal(now.get(name), type, name);
      for (const [token, { requiredInputs = [] }] of Object.entries(current.resources))
        assert.deepEqual(
          requiredInputs.filter((name) => !before.resources[token]?.requiredInputs?.includes(name)),
          [],
          token,
        );
      for (const [token, { required = [] }] of Object.entries(before.types))
        assert.deepEqual(
          (current.types[token]?.required ?? []).filter((name) => !required.includes(name)),
          [],
          token,
        );
    });
});
