import * as assert from "node:assert/strict";
import type { Registration } from "../preflight/graph/resource";
import { Type } from "../preflight/graph/types";
import { nameInputByType } from "../preflight/graph/uniqueNames";
import { guarded, program, varied, type Program, type ProgramConfig } from "../testbed/program";

/** Types whose names are unique across AWS: a bucket ends with the account ID, a domain has no suffix. */
const namedForAll: string[] = [Type.bucket, Type.domainName];

/** If the program gives no name, Pulumi's begins with the logical name. */
const physicalName = ({ type, name, inputs }: Registration) => (inputs[nameInputByType[type]] ?? name) as string;

describe("The program", () => {
  let dev: Program;
  before(async () => (dev = await program()));

  it("gives every resource a URN of its own", () => {
    assert.equal(new Set(dev.resources.map(({ urn }) => urn)).size, dev.resources.length);
  });

  it("puts every resource under a component, and every component under another", () => {
    for (const { custom, parent, type, name } of dev.resources) {
      if (custom && type !== Type.provider) assert.notEqual(parent, "", `${type} ${name}`);
    }
  });

  it("creates every AWS resource through one explicit provider", () => {
    assert.equal(dev.all(Type.provider).length, 1);
    const { region, defaultTags } = dev.one(Type.provider).inputs;
    assert.equal(region, "eu-central-1");
    assert.deepEqual(JSON.parse(defaultTags as string), { tags: { Project: "webhook-pipeline", Environment: "dev", ManagedBy: "pulumi" } });
  });

  it("can be deployed to the configured accounts only", async () => {
    const limited = await program(varied);
    assert.equal(limited.one(Type.provider).inputs.allowedAccountIds, '["123456789012"]');
    assert.equal(dev.one(Type.provider).inputs.allowedAccountIds, undefined);
  });

  for (const [what, settings] of [
    ["as it is by default", {}],
    ["with all that can be asked for", guarded],
  ] as const)
    describe(`under another suffix, ${what}`, () => namesVaryBySuffix(settings));

  function namesVaryBySuffix(settings: ProgramConfig): void {
    let dev: Program;
    let blue: Program;
    before(async () => {
      dev = await program(settings);
      blue = await program({ ...settings, environmentSuffix: "blue" });
    });
    const named = (from: Program) => from.resources.filter(({ type }) => nameInputByType[type] && !namedForAll.includes(type));

    it("names everything webhook-<what>-<suffix>", () => {
      for (const [index, resource] of named(dev).entries()) {
        const name = physicalName(resource);
        const twin = named(blue).find(
          ({ type, name: other }) => type === resource.type && other === resource.name.replace(/-dev$/, "-blue"),
        )!;
        assert.match(name, /webhook-[a-z0-9-]+-dev$/, `${index} ${resource.type}`);
        assert.equal(physicalName(twin), name.replace(/-dev$/, "-blue"));
      }
    });

    it("shares no physical name with the first stack", () => {
      const names = new Set(named(dev).map(physicalName));
      for (const resource of named(blue)) assert.ok(!names.has(physicalName(resource)), physicalName(resource));
    });

    it("differs from the first stack only in the suffix", () => {
      const normalized = (from: Program, suffix: string) =>
        JSON.stringify(
          from.resources
            .map(({ type, name, inputs }) => ({ type, name, inputs }))
            .sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1)),
        )
          .replaceAll(new RegExp(`(?<=[-"(])${suffix}(?=[-/"\\\\.:)])`, "g"), "<suffix>")
          .replaceAll(/"body":"[0-9a-f]{64}"/g, "<hash>")
          .replaceAll(/\b(vpc|subnet)-[0-9a-f]{17}\b/g, "<$1>");
      assert.equal(normalized(blue, "blue"), normalized(dev, "dev"));
    });

    /** Compares two graphs: one alone cannot distinguish a hand-written `webhook-api-dev` from a name that the program made. */
    it("has the first suffix in no tag or name", () => {
      for (const { type, name, inputs } of blue.resources) {
        const said = [name, JSON.stringify(inputs.tags ?? inputs.defaultTags ?? {}), String(inputs[nameInputByType[type]] ?? "")];
        for (const text of said) assert.doesNotMatch(text, /(?<![a-z0-9])dev(?![a-z0-9])/, `${type} ${name}`);
      }
    });

    it("has the suffix in the tag Environment and in no other tag", () => {
      const { tags } = JSON.parse(blue.one(Type.provider).inputs.defaultTags as string) as { tags: Record<string, string> };
      assert.deepEqual(tags, { Project: "webhook-pipeline", Environment: "blue", ManagedBy: "pulumi" });
    });
  }

  it("contains no prod, stage or dev if the suffix is another", async () => {
    const neutral = JSON.stringify((await program({}, { stack: "qa" })).resources);
    assert.doesNotMatch(neutral, /stage-|staging|[-"]dev["/-]|[-"]prod["/-]/);
  });

  describe("in a protected stack", () => {
    it("protects resources with data or addresses, and none that an update replaces", async () => {
      const guardedStack = await program(guarded);
      const protects = (type: string) => guardedStack.all(type).every(({ protect }) => protect);
      for (const type of [
        Type.key,
        Type.table,
        Type.bucket,
        Type.queue,
        Type.secret,
        Type.eventBus,
        Type.eventArchive,
        Type.schedule,
        Type.restApi,
        Type.stage,
        Type.pipe,
        Type.trail,
        Type.vpc,
        Type.domainName,
      ])
        assert.ok(protects(type), type);
      for (const type of [Type.apiDeployment, Type.permission, Type.logGroup, Type.metricAlarm]) assert.ok(!protects(type), type);
      assert.equal(dev.resources.filter(({ protect }) => protect).length, 0);
    });

    it("loses nothing to a destroy: a protected resource depends on each unprotected one", async () => {
      const { resources } = await program(guarded);
      const kept = new Set(resources.filter(({ protect }) => protect).map(({ urn }) => urn));
      for (const { urn, dependencies, parent } of [...resources].reverse())
        if (kept.has(urn)) for (const other of [...dependencies, parent]) kept.add(other);
      const lost = resources.filter(({ urn, custom, type }) => custom && !type.startsWith("pulumi:") && !kept.has(urn));
      assert.deepEqual(
        lost.map(({ type, name }) => `${type} ${name}`),
        [],
      );
    });
  });

  it("exports names and addresses, but no secret", () => {
    assert.doesNotMatch(JSON.stringify(dev.outputs), /\[secret\]|\[unknown\]|undefined/);
    assert.equal(
      (dev.outputs.webhookUrls as Record<string, string>).stripe,
      `https://${dev.outputs.apiId as string}.execute-api.eu-central-1.amazonaws.com/webhook-api-dev/webhook/stripe`,
    );
  });
});
