import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** A name that no stack of a team has: the engine writes a file of that name beside Pulumi.yaml. */
const stack = "engine-test";

describe("The real engine", () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "webhook-engine-"));
    for (const name of ["home", "state"]) mkdirSync(path.join(folder, name));
    environment = {
      ...process.env,
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Previews a stack with this configuration; the project's own stack files stay as they are. */
  async function preview(config: string): Promise<string> {
    const file = path.join(folder, "Pulumi.engine-test.yaml");
    writeFileSync(file, config);
    const pulumi = (...args: string[]) =>
      run("pulumi", [...args, "--stack", stack, "--config-file", file, "--non-interactive", "--color", "never"], { env: environment });
    await run("pulumi", ["stack", "init", stack, "--non-interactive", "--no-select"], { env: environment }).catch(() => undefined);
    rmSync("Pulumi.engine-test.yaml", { force: true });
    return pulumi("preview").then(
      ({ stdout, stderr }) => stdout + stderr,
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
  }

  it("shows every configuration error in a sentence of its own, and no stack trace", async () => {
    const output = await preview(
      ["config:", "  aws:region: mars", "  webhook-pipeline:throttleBurst: 0", "  webhook-pipeline:providers: [stripe, adyen]", ""].join(
        "\n",
      ),
    );
    assert.match(output, /- aws:region is "mars", but must be the code of an AWS region, such as eu-central-1\./);
    assert.match(output, /- throttleBurst is 0, but must be a whole number of requests from 1 to 5,000\./);
    assert.match(output, /- providers is \["stripe","adyen"\], but must be a list of one or more of stripe, square, paypal, each once\./);
    assert.doesNotMatch(output, /^\s+at .*:\d+:\d+/m);
  });

  it("asks for the AWS plugin in the version that package.json names", async () => {
    const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };
    const output = await preview("config:\n  aws:region: eu-central-1\n");
    assert.match(
      output,
      new RegExp(`pulumi-resource-aws' found in the workspace at version v${dependencies["@pulumi/aws"].replaceAll(".", "\\.")}`),
    );
  });
});
