import * as assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { Type } from "../../preflight/graph/types";
import { destroy, Engine, up } from "../../testbed/engine/engine";
import {
  copyExample,
  installPackage,
  installPlugin,
  installPythonSdk,
  packFile,
  pythonWithPulumi,
  typeErrors,
  withoutTypeCheck,
} from "../helpers/packaged";

const root = path.resolve(__dirname, "../..");

/** Examples in TypeScript, and what each makes beside its pipeline. */
const expected: Readonly<Record<string, (engine: Engine, outputs: Record<string, unknown>) => void>> = {
  minimal: (_, { url }) => assert.match(String(url), /\/webhook-api-hooks\/webhook\/stripe$/),
  "two-pipelines": ({ cloud }, { urls }) => {
    assert.deepEqual(
      Object.entries(urls as Record<string, object>).map(([name, byName]) => [name, Object.keys(byName)]),
      [
        ["payments", ["adyen", "stripe"]],
        ["platform", ["github"]],
      ],
    );
    assert.equal(cloud.all(Type.table).length, 2);
    assert.equal(cloud.all(Type.account).length, 1);
  },
  subscriber: ({ cloud }, { queueUrl }) => {
    const [{ inputs }] = cloud.all(Type.eventTarget);
    assert.equal(inputs.eventBusName, "webhook-events-hooks");
    assert.match(String(queueUrl), /payments/);
    assert.equal(cloud.all(Type.eventSourceMapping).length, 1);
  },
  "own-queue": ({ cloud }, { url }) => {
    assert.match(String(url), /\/webhook\/github$/);
    assert.deepEqual(
      cloud.all(Type.function).map(({ inputs }) => inputs.name),
      ["webhook-receive-hooks"],
    );
    const [{ inputs }] = cloud.all(Type.pipe);
    assert.equal(inputs.source, cloud.all(Type.table)[0].outputs.streamArn);
  },
  "custom-provider": ({ cloud }, { url, secretArn }) => {
    assert.match(String(url), /\/webhook\/acme$/);
    assert.match(String(secretArn), /webhook-acme-hooks/);
    assert.equal(cloud.all(Type.eventRule).length, 1);
  },
};

/** Creates the resources of declared.json, and exports its outputs, which are properties of the resources. */
const yamlInPython = `import json, re
import pulumi
import pulumi_webhook as webhook

snake = lambda name: re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)
declared = json.load(open("declared.json"))
made = {}
for name, resource in declared["resources"].items():
    create = getattr(webhook, resource["type"].removeprefix("webhook:"))
    made[name] = create(name, **{snake(key): value for key, value in resource["properties"].items()})
for name, value in declared["outputs"].items():
    resource, output = re.fullmatch(r"\\$\\{(\\w+)\\.(\\w+)\\}", value).groups()
    pulumi.export(name, getattr(made[resource], snake(output)))
`;

/** Example whose types Pulumi itself checks, too, as it does for everybody. That takes seconds each time, so the others leave it out. */
const asWritten = "minimal";

/** In a cloud of its own, each example is deployed and destroyed. */
describe("The examples", () => {
  let shared: Engine;
  let file: string;
  before(async () => {
    shared = await Engine.start();
    file = packFile(shared.folder);
  });
  after(() => shared.stop());

  async function deploy(
    example: string,
    prepare: (folder: string, engine: Engine) => void,
    environment?: Record<string, string>,
  ): Promise<[Engine, Record<string, unknown>]> {
    const engine = await Engine.start({ environment });
    const folder = copyExample(example, engine.folder);
    prepare(folder, engine);
    const dev = await engine.stackIn(folder, "dev");
    await dev.setConfig("aws:region", { value: engine.cloud.region });
    try {
      const { outputs } = await up(dev);
      expected[example]?.(engine, outputs);
      await destroy(dev);
      return [engine, outputs];
    } finally {
      engine.stop();
    }
  }

  for (const example of Object.keys(expected))
    it(`have ${example}, whose types hold and which is deployed and destroyed`, async () => {
      const prepare = (folder: string) => {
        installPackage(file, folder);
        assert.equal(typeErrors(folder), "");
      };
      const [{ cloud }] = await deploy(example, prepare, example === asWritten ? undefined : withoutTypeCheck);
      const kept: string[] = [Type.account, Type.role, Type.rolePolicyAttachment];
      assert.deepEqual(
        [...cloud.resources.values()].map(({ type }) => type).filter((type) => !kept.includes(type)),
        [],
      );
    });

  describe("with the SDK that Pulumi generates", () => {
    let plugin: string;
    let python: string;
    before(() => {
      plugin = installPlugin(file, path.join(shared.folder, "plugin"));
      const sdk = path.join(shared.folder, "sdk");
      mkdirSync(sdk);
      python = installPythonSdk(sdk, shared.environment);
    });

    function usePlugin(folder: string, engine: Engine): void {
      engine.environment.PYTHONPATH = python;
      symlinkSync(pythonWithPulumi(), path.join(folder, "venv"));
      const project = path.join(folder, "Pulumi.yaml");
      writeFileSync(project, readFileSync(project, "utf8").replace("webhook: ../..", `webhook: ${plugin}`));
    }

    it("have python", async () => {
      const [, outputs] = await deploy("python", usePlugin);
      assert.deepEqual(Object.keys(outputs.urls as object), ["shop", "stripe"]);
      assert.match(String(outputs.refundsQueueUrl), /webhook-to-refunds-hooks$/);
    });

    it("have yaml, whose resources a program in Python creates: the CLI of the tests has no host for YAML", async () => {
      const [, outputs] = await deploy("yaml", (folder, engine) => {
        usePlugin(folder, engine);
        const project = path.join(folder, "Pulumi.yaml");
        const { resources, outputs, ...own } = parse(readFileSync(project, "utf8")) as Record<string, object>;
        const runtime = { name: "python", options: { virtualenv: "venv" } };
        writeFileSync(project, JSON.stringify({ ...own, runtime }));
        writeFileSync(path.join(folder, "declared.json"), JSON.stringify({ resources, outputs }));
        writeFileSync(path.join(folder, "__main__.py"), yamlInPython);
      });
      assert.deepEqual(Object.keys(outputs.urls as object), ["shop", "stripe"]);
      assert.equal(outputs.eventBusName, "webhook-events-hooks");
    });
  });

  it("are all listed and run here", () => {
    const folders = readdirSync(path.join(root, "examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name).sort();
    assert.deepEqual(names, [...Object.keys(expected), "python", "yaml"].sort());
    const readme = readFileSync(path.join(root, "examples/README.md"), "utf8");
    for (const name of names) {
      assert.ok(readme.includes(`](${name})`), name);
      const own = readFileSync(path.join(root, "examples", name, "README.md"), "utf8");
      const headings = [...own.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, ["Prerequisites", "Deploy", "Clean up"], name);
    }
  });

  it("install the file that the package of this version has", () => {
    for (const name of Object.keys(expected)) {
      const manifest = readFileSync(path.join(root, "examples", name, "package.json"), "utf8");
      assert.equal(
        (JSON.parse(manifest) as { dependencies: Record<string, string> }).dependencies["webhook-pipeline"],
        `file:../../${path.basename(file)}`,
        name,
      );
    }
  });
});
