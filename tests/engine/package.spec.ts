import * as assert from "node:assert/strict";
import { builtinModules } from "node:module";
import { homedir, tmpdir } from "node:os";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Engine, previewSteps, up } from "../../testbed/engine/engine";
import { Type } from "../../preflight/graph/types";
import { leadsSomewhere, localLinks, pagesIn } from "../../tools/repo/packedPages";
import { buildElsewhere, filesIn, installPackage, packFile, typeErrors, withoutTypeCheck } from "../helpers/packaged";

const program = `import { WebhookPipeline } from "webhook-pipeline";

const pipeline = new WebhookPipeline("hooks", { sources: ["stripe"] });
export const url = pipeline.urls.stripe;
export const bus = pipeline.eventBusArn;
`;

interface Manifest {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

describe("The npm package", () => {
  let engine: Engine;
  let file: string;
  let installed: string;
  let consumer: string;
  before(async () => {
    engine = await Engine.start({ environment: withoutTypeCheck });
    file = packFile(engine.folder);
    consumer = path.join(engine.folder, "shop");
    mkdirSync(consumer);
    installed = installPackage(file, consumer);
    writeFileSync(path.join(consumer, "Pulumi.yaml"), "name: shop\nruntime: nodejs\nmain: index.ts\n");
    writeFileSync(path.join(consumer, "index.ts"), program);
  });
  after(() => engine.stop());

  it("has less than 2 MB", () => assert.ok(statSync(file).size < 2e6, String(statSync(file).size)));

  it("has no path of the machine that made it", () => {
    const root = path.resolve(__dirname, "../..");
    const paths = [root, engine.folder, `${homedir()}/`, `${tmpdir()}/webhook`, path.basename(root) + "/components"];
    for (const one of filesIn(installed)) {
      const text = readFileSync(one, "utf8");
      for (const place of paths) assert.ok(!text.includes(place), `${path.relative(installed, one)} has ${place}`);
    }
  });

  it("has the same bytes if it is built in another folder", () => {
    const bytes = (folder: string) => new Map(filesIn(folder).map((one) => [path.relative(folder, one), readFileSync(one, "base64")]));
    const [here, elsewhere] = [path.join(engine.folder, "built"), buildElsewhere(engine.folder)].map(bytes);
    assert.deepEqual([...elsewhere.keys()].sort(), [...here.keys()].sort());
    for (const [name, content] of here) assert.equal(elsewhere.get(name), content, name);
  });

  it("has neither sources nor tests, and no compiler", () => {
    const names = filesIn(installed).map((one) => path.relative(installed, one));
    assert.deepEqual(
      names.filter((name) => /(?<!\.d)\.ts$|spec|^(handlers|tests|tools|cli)\//.test(name)),
      ["docs/subscriber.ts"],
    );
    assert.ok(names.includes("bundles/receive.json"));
  });

  it("has no page with a link that leads nowhere", () => {
    const links = pagesIn(installed).flatMap((page) => localLinks(readFileSync(page, "utf8")).map((target) => ({ page, target })));
    assert.ok(links.length > 50, String(links.length));
    assert.deepEqual(
      links.filter(({ page, target }) => !leadsSomewhere(page, target)),
      [],
    );
  });

  it("has every page that its messages and descriptions name", () => {
    const named = filesIn(installed)
      .filter((one) => /\.(js|mjs|json|d\.ts)$/.test(one))
      .flatMap((one) => [...readFileSync(one, "utf8").matchAll(/\bdocs\/[a-z]+\.md/g)].map(([page]) => page));
    assert.ok(named.includes("docs/runbook.md"));
    for (const page of new Set(named)) assert.ok(existsSync(path.join(installed, page)), page);
  });

  it("imports only what its package.json asks for", () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8")) as Manifest;
    const allowed = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    const code = filesIn(installed).filter((one) => /\.(js|d\.ts)$/.test(one) && !one.includes("/bundles/"));
    const imports = code.flatMap((one) =>
      [...readFileSync(one, "utf8").matchAll(/(?:\bfrom |\bimport |require\(|import\()"([^".][^"]*)"/g)].map(([, name]) => name),
    );
    const packages = imports.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]).filter((name) => !/^node:/.test(name));
    assert.ok(packages.length > 50, String(packages.length));
    assert.deepEqual(
      [...new Set(packages)].filter((name) => !allowed.includes(name) && !builtinModules.includes(name)),
      [],
    );
  });

  it("has types that hold, also without skipLibCheck, and that refuse a misspelled argument", () => {
    assert.equal(typeErrors(consumer, true), "");
    writeFileSync(path.join(consumer, "index.ts"), program.replace("sources:", "source:"));
    assert.match(typeErrors(consumer), /'source' does not exist in type 'WebhookPipelineArgs'. Did you mean to write 'sources'\?/);
    writeFileSync(path.join(consumer, "index.ts"), program);
  });

  it("makes a pipeline in a program of five lines, and its state has no path of the machine", async () => {
    const dev = await engine.stackIn(consumer, "dev");
    await dev.setConfig("aws:region", { value: engine.cloud.region });
    assert.ok((await previewSteps(dev)).length > 80);
    const { outputs } = await up(dev);
    assert.equal(outputs.bus, "arn:aws:events:eu-central-1:123456789012:event-bus/webhook-events-hooks");
    assert.match(String(outputs.url), /^https:\/\/.*\/webhook-api-hooks\/webhook\/stripe$/);
    assert.equal(engine.cloud.all(Type.function).length, 3);
    const { deployment } = await dev.exportStack();
    assert.ok(JSON.stringify(deployment).includes("node_modules/webhook-pipeline/bundles/"));
    assert.ok(!JSON.stringify(deployment).includes(engine.folder));
    assert.deepEqual(await previewSteps(dev), []);
  });

  it("tells all that is wrong with the arguments before anything is created", async () => {
    writeFileSync(path.join(consumer, "index.ts"), program.replace('["stripe"]', '["strype"], logRetentionDays: 31'));
    const other = await engine.stackIn(consumer, "other");
    await other.setConfig("aws:region", { value: engine.cloud.region });
    const made = engine.cloud.journal.length;
    await assert.rejects(up(other), ({ message }: Error) => {
      for (const part of [/The arguments of the pipeline hooks are invalid/, /Did you mean "stripe"\?/, /logRetentionDays is 31/])
        assert.match(message, part);
      return true;
    });
    assert.equal(engine.cloud.journal.length, made);
  });
});
