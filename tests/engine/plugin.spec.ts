import * as assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { promisify } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { Type } from "../../preflight/graph/types";
import { Engine, previewSteps, up } from "../../testbed/engine/engine";
import { startAws, type Call } from "../helpers/failedEvent";
import { generateSdk, installPlugin, installPythonSdk, linkPackages, packFile, pythonWithPulumi, typeErrors } from "../helpers/packaged";

const root = path.resolve(__dirname, "../..");

const python = `import pulumi
import pulumi_webhook as webhook

blue = webhook.WebhookPipeline("blue", sources=["stripe", webhook.SourceArgs(provider="github", events=["push"])])
green = webhook.WebhookPipeline(
    "green",
    sources=[{"name": "shop", "provider": "custom", "description": {
        "verify": {"scheme": "hmac", "algorithm": "sha256", "encoding": "hex",
                   "signature": {"header": "X-Shop-Signature"}, "signed": "{body}"}}}],
    destinations=[webhook.DestinationArgs(name="ledger", type="queue", consumer_roles=[blue.event_bus_name.apply(
        lambda name: f"arn:aws:iam::123456789012:role/{name}")])],
)
pulumi.export("urls", {"blue": blue.urls["github"], "green": green.urls["shop"]})
pulumi.export("queue", green.destination_queue_urls["ledger"])
pulumi.export("webhooks", blue.stack_outputs)
`;

const typescript = `import * as webhook from "@pulumi/webhook";

const pipeline = new webhook.WebhookPipeline("hooks", { sources: ["stripe", { provider: "github" }], lambdaMemoryMb: 256 });
export const url = pipeline.urls.apply((urls) => urls.github);
`;

describe("The plugin", () => {
  let engine: Engine;
  let plugin: string;
  before(async () => {
    engine = await Engine.start();
    plugin = installPlugin(packFile(engine.folder), path.join(engine.folder, "plugin"));
  });
  after(() => engine.stop());

  /** Prepares a program that uses the plugin in a folder. */
  async function programIn(name: string, runtime: object | string, files: Record<string, string>, folder = plugin): Promise<Stack> {
    const program = path.join(engine.folder, name);
    mkdirSync(program, { recursive: true });
    const project = { name, runtime, ...("index.ts" in files && { main: "index.ts" }), packages: { webhook: folder } };
    writeFileSync(path.join(program, "Pulumi.yaml"), JSON.stringify(project));
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(program, file), text);
    const stack = await engine.stackIn(program, "dev");
    await stack.setConfig("aws:region", { value: engine.cloud.region });
    return stack;
  }

  /** Prepares a program in Python, with the SDK that Pulumi generates. */
  function pythonProgram(name: string, text: string, folder?: string): Promise<Stack> {
    const sdk = path.join(engine.folder, "python-sdk");
    mkdirSync(sdk, { recursive: true });
    engine.environment.PYTHONPATH ??= installPythonSdk(sdk, engine.environment);
    const options = { virtualenv: pythonWithPulumi() };
    return programIn(name, { name: "python", options }, { "__main__.py": text }, folder);
  }

  it("has the schema that is committed, in the version of the package", () => {
    const { version } = JSON.parse(readFileSync(path.join(plugin, "package.json"), "utf8")) as { version: string };
    const schema = readFileSync(path.join(plugin, "bin/plugin/schema.json"), "utf8");
    assert.equal(schema, readFileSync(path.join(root, "bin/plugin/schema.json"), "utf8"));
    assert.equal((JSON.parse(schema) as { version: string }).version, version);
  });

  it("makes two pipelines for a program in Python, with one logging account between them", async () => {
    const stack = await pythonProgram("python", python);
    const { outputs } = await up(stack);
    assert.match((outputs.urls as Record<string, string>).blue, /webhook-api-blue\/webhook\/github$/);
    assert.match((outputs.urls as Record<string, string>).green, /webhook-api-green\/webhook\/shop$/);
    assert.match(String(outputs.queue), /webhook-to-ledger-green$/);
    assert.equal(engine.cloud.all(Type.account).length, 1);
    assert.deepEqual(await previewSteps(stack), []);
  });

  it("lets the commands work on a pipeline of a program in Python", async () => {
    const calls: Call[] = [];
    const aws = await startAws(calls);
    try {
      const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
      const command = [path.join(root, "bin/webhook-pipeline.js"), "events", "list", "--stack", "dev", "--json"];
      const { stdout } = await promisify(execFile)(process.execPath, command, {
        cwd: path.join(engine.folder, "python"),
        env: { ...process.env, ...engine.environment, AWS_ENDPOINT_URL: endpoint, NODE_NO_WARNINGS: "1" },
      });
      assert.match(stdout, /"transactionId": ?"stripe#evt_1"/);
      for (const { parameters } of calls) assert.equal(parameters.TableName, "webhook-events-blue");
    } finally {
      aws.close();
    }
  });

  it("tells a program in Python each argument that is wrong", async () => {
    const wrong = 'import pulumi_webhook as webhook\nwebhook.WebhookPipeline("My_Hooks", sources=["strype"], log_retention_days=31)\n';
    const stack = await pythonProgram("wrong", wrong);
    await assert.rejects(previewSteps(stack), ({ message }: Error) => {
      for (const part of [/environmentSuffix.*"My_Hooks"/, /sources\[0\].*Did you mean "stripe"\?/, /logRetentionDays is 31/])
        assert.match(message, part);
      assert.equal(message.match(/logRetentionDays is 31/g)!.length, message.match(/Did you mean "stripe"/g)!.length);
      return true;
    });
  });

  it("makes a pipeline for a program in TypeScript, whose types refuse what the schema does not have", async () => {
    const files = { "index.ts": typescript, "package.json": "{}" };
    const stack = await programIn("typescript", "nodejs", files);
    const folder = path.join(engine.folder, "typescript");
    linkPackages(folder);
    installSdk(folder);
    assert.equal(typeErrors(folder), "");
    writeFileSync(path.join(folder, "index.ts"), typescript.replace("lambdaMemoryMb: 256", 'lambdaMemoryMb: "256"'));
    assert.match(typeErrors(folder), /Type 'string' is not assignable to type 'number'/);
    writeFileSync(path.join(folder, "index.ts"), typescript);
    const { outputs } = await up(stack);
    assert.match(String(outputs.url), /webhook-api-hooks\/webhook\/github$/);
  });

  it("runs from the repository's sources, too", async () => {
    const text = 'import pulumi_webhook as webhook\nwebhook.WebhookPipeline("sources")\n';
    const stack = await pythonProgram("sources", text, engine.projectFolder());
    const steps = await previewSteps(stack);
    assert.ok(steps.includes("create aws:dynamodb/table:Table sources-event-store-table"), steps.join("\n"));
  });

  /** Compiles the SDK for TypeScript, and puts it to the program's packages. */
  function installSdk(folder: string): void {
    const sdk = generateSdk("nodejs", folder, engine.environment);
    linkPackages(sdk);
    const compiler = path.join(root, "node_modules/typescript-7/bin/tsc");
    execFileSync(process.execPath, [compiler, "-p", sdk, "--module", "nodenext", "--moduleResolution", "nodenext"], { stdio: "pipe" });
    cpSync(path.join(sdk, "package.json"), path.join(sdk, "bin", "package.json"));
    symlinkSync(sdk, path.join(folder, "node_modules", "@pulumi", "webhook"));
  }
});
