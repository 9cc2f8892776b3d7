import * as assert from "node:assert/strict";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { catalogProviders, descriptionOf } from "../domain/catalog";
import { checksOf, signsBody } from "../domain/description";
import { codedProviders } from "../domain/sources";
import { Type } from "../preflight/graph/types";
import { preflight } from "../preflight/preflight";
import { program, type Program } from "../testbed/program";

const challenged = catalogProviders.filter((name) => checksOf(descriptionOf(name)).includes("GET"));
const unsigned = catalogProviders.filter((name) => !signsBody(descriptionOf(name)));
const sources = [
  ...codedProviders,
  ...catalogProviders.map((provider) => (unsigned.includes(provider) ? { provider, unsigned: true } : provider)),
];

describe("A pipeline of every provider", () => {
  let every: Program;
  let document: { paths: Record<string, Record<string, unknown>> };
  before(async () => {
    every = await program({ sources, throttleBurst: 50 });
    document = JSON.parse(every.one(Type.restApi).inputs.body as string) as typeof document;
  });

  it("passes the preflight, with a warning for each provider that does not sign", () => {
    assert.ok(unsigned.length > 0);
    assert.deepEqual(
      preflight(every.resources).map(({ rule, detail }) => `${rule.severity} ${rule.id}: ${detail}`),
      unsigned.map((name) => `warning project-unsigned: webhook-${name}-dev is a token. Its source has unsigned: true.`),
    );
  });

  it("has a GET only for providers that check the URL by one, with a throttle and a permission", () => {
    assert.ok(challenged.length > 0);
    const withGet = Object.entries(document.paths).filter(([, methods]) => "get" in methods);
    assert.deepEqual(
      withGet.map(([path]) => path),
      challenged.map((name) => `/webhook/${name}`),
    );
    const throttled = every.all(Type.methodSettings).map(({ inputs }) => inputs.methodPath as string);
    for (const name of challenged) assert.ok(throttled.includes(`~1webhook~1${name}/GET`), throttled.join());
    const permissions = every.all(Type.permission).map(({ inputs }) => String(inputs.sourceArn));
    assert.ok(
      permissions.some((arn) => arn.endsWith("/GET/webhook/*")),
      permissions.join(),
    );
  });

  it("has a document that passes the linter's recommended rules", async () => {
    const config = await createConfig({ extends: ["recommended"], rules: { "no-server-example.com": "off", "no-empty-servers": "off" } });
    const problems = await lintFromString({ source: JSON.stringify(document), config });
    assert.deepEqual(
      problems.map(({ ruleId, message }) => `${ruleId}: ${message}`),
      [],
    );
  });
});
