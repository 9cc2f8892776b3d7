import * as assert from "node:assert/strict";
import { captureProgram } from "../../preflight/graph/capture";
import type { Registration } from "../../preflight/graph/resource";
import { Type } from "../../preflight/graph/types";
import { uniqueNames } from "../../preflight/graph/uniqueNames";
import { preflight } from "../../preflight/preflight";
import { guarded } from "../../testbed/program";

const project = "webhook-pipeline";

async function twoPipelines(settings: Record<string, unknown>): Promise<Registration[]> {
  const config = { "aws:region": "eu-central-1", ...Object.fromEntries(Object.entries(settings).map(([k, v]) => [k, String(v)])) };
  return (await captureProgram({ entry: "tests/twoPipelines/index", config })).resources;
}

const repeated = (texts: string[]) => texts.filter((text, index) => texts.indexOf(text) !== index);

/** Gives the second pipeline its own domain: two pipelines need two, and a stack's configuration has one. */
const everything = Object.fromEntries(
  Object.entries(guarded).flatMap(([key, value]) => (key === "domain" ? [] : [[`${project}:${key}`, value]])),
);

for (const [what, settings] of Object.entries({ "as they are by default": {}, "with all that can be asked for": everything }))
  describe(`Two pipelines in one stack, ${what}`, () => {
    let resources: Registration[];
    before(async () => (resources = await twoPipelines(settings)));

    it("share no URN", () => assert.deepEqual(repeated(resources.map(({ urn }) => urn)), []));

    it("share no physical name", () => {
      const names = resources.flatMap(({ type, inputs }) => {
        const name = inputs[uniqueNames.get(type)?.uniqueName ?? ""];
        return name ? [`${type} ${String(name)}`] : [];
      });
      assert.deepEqual(repeated(names), []);
      assert.ok(names.length > 80);
    });

    it("begin every logical name with their own, except where AWS's name is derived from it", () => {
      const others = resources.filter(({ type, name }) => !type.startsWith("pulumi:") && !/^(blue|green)(-|$)/.test(name));
      for (const { type, name } of others) assert.match(name, /^webhook-(api-logs|vpc)-(blue|green)/, type);
      assert.ok(others.length < resources.length / 5);
    });

    it("share nothing but the account's logging role", () => {
      const pipelineOf = (urn: string) => /(?<=[:-])(blue|green)(?=-|$)/.exec(urn.split("::").at(-1)!.replace(/^/, ":"))?.[0];
      const shared = resources.flatMap(({ urn, dependencies }) => dependencies.filter((other) => pipelineOf(other) !== pipelineOf(urn)));
      assert.deepEqual([...new Set(shared.map((urn) => urn.split("::").at(-1)))], ["blue-api-account"]);
    });

    it("create the account's logging role once", () => assert.equal(resources.filter(({ type }) => type === Type.account).length, 1));

    it("have no preflight errors", () =>
      assert.deepEqual(
        preflight(resources)
          .filter(({ rule }) => rule.severity === "error")
          .map(({ rule, resource, detail }) => `${rule.id} ${resource.name}: ${detail}`),
        [],
      ));
  });
