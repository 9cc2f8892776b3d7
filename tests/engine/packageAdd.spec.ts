import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { version } from "../../package.json";
import { Engine, previewSteps } from "../../testbed/engine/engine";
import { serveRepository, type GitServer } from "../helpers/gitServer";
import { copyProject, copyPython, packFile, unpack } from "../helpers/packaged";

const run = promisify(execFile);

const program = `import pulumi
import pulumi_webhook as webhook

pipeline = webhook.WebhookPipeline("hooks", sources=["stripe"])
pulumi.export("url", pipeline.urls["stripe"])
pulumi.export("webhooks", pipeline.stack_outputs)
`;

/** As docs/use.md tells people: the SDK comes from the command alone, and the program imports it. */
describe("pulumi package add", () => {
  let engine: Engine;
  let server: GitServer | undefined;
  before(async () => void (engine = await Engine.start({ ownHosts: true })));
  after(() => {
    server?.stop();
    engine.stop();
  });

  /** Adds the package to a new program in Python, and previews it. @returns its folder, and the steps */
  async function previewWith(name: string, source: string, environment: Record<string, string> = {}) {
    const folder = path.join(engine.folder, name);
    mkdirSync(folder);
    const virtualenv = copyPython(path.join(folder, "venv"));
    writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify({ name, runtime: { name: "python", options: { virtualenv } } }));
    writeFileSync(path.join(folder, "__main__.py"), program);
    const own = { ...engine.environment, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false" };
    await run("pulumi", ["package", "add", source, "--non-interactive"], {
      cwd: folder,
      env: { ...process.env, ...own, ...environment },
    });
    const stack = await engine.stackIn(folder, "dev");
    await stack.setConfig("aws:region", { value: engine.cloud.region });
    return { folder, steps: await previewSteps(stack) };
  }

  const packagesOf = (folder: string) =>
    (parse(readFileSync(path.join(folder, "Pulumi.yaml"), "utf8")) as { packages: Record<string, unknown> }).packages;
  const table = "create aws:dynamodb/table:Table hooks-event-store-table";

  it("takes the folder into which the package was unpacked, and installs what it needs", async () => {
    const plugin = path.join(engine.folder, "plugin");
    unpack(packFile(engine.folder), plugin);
    const { folder, steps } = await previewWith("from-folder", "../plugin", { npm_config_prefer_offline: "true" });
    assert.ok(existsSync(path.join(plugin, "node_modules/zod")));
    assert.deepEqual(Object.keys(packagesOf(folder)), ["webhook"]);
    assert.ok(steps.includes(table), steps.join("\n"));
  }).timeout(600_000);

  it("takes a repository, whose packages it installs, in the version of a tag", async () => {
    server = await serveRepository(copyProject(path.join(engine.folder, "clone")), `v${version}`, engine.folder);
    // Pulumi's own host for Node.js installs no development packages for a plugin.
    const environment = { ...server.environment, npm_config_omit: "dev", npm_config_prefer_offline: "true" };
    const { folder, steps } = await previewWith("from-git", `${server.address}@${version}`, environment);
    assert.match(JSON.stringify(packagesOf(folder)), new RegExp(`"webhook":.*${server.address}.*${version}`));
    assert.ok(steps.includes(table), steps.join("\n"));
    const [plugin] = readdirSync(path.join(engine.environment.PULUMI_HOME, "plugins")).filter((name) => name.endsWith(`-v${version}`));
    assert.ok(!existsSync(path.join(engine.environment.PULUMI_HOME, "plugins", plugin, "node_modules/mocha")));
  }).timeout(600_000);
});
