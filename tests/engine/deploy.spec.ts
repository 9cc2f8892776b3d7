import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { Type } from "../../preflight/graph/types";
import { startMiniStack, type RunningAws } from "../../local/ministack";
import { boundaryName } from "../../ci-roles/scope";
import { chaptersOf } from "../helpers/chapters";
import { Engine } from "../../testbed/engine/engine";
import { onInterruption } from "../../cli/lib/interruption";
import { startIamCli, type IamCli } from "../../testbed/engine/standIn/iamCli";

const run = promisify(execFile);
const region = "eu-central-1";

const outside = /^((aws|npx webhook-pipeline (secrets|events)) .* # needs AWS|gh .* # needs GitHub|stripe .* # needs Stripe)$/;
/** Run before the checks: .ci/run. */
const runElsewhere = ["npm ci"];
/** Followed by interrupted.spec.ts, which kills a deployment before. */
const followedElsewhere = "If a deployment is cut off";

/** Follows the page to the letter, with the state on the local AWS, resources at the stand-in, and yes to every question of Pulumi's. */
describe("docs/deploy.md", () => {
  const chapters = chaptersOf(readFileSync("docs/deploy.md", "utf8")).filter(({ heading }) => heading !== followedElsewhere);
  let aws: RunningAws;
  let engine: Engine;
  let iamCli: IamCli;

  before(async () => {
    aws = await startMiniStack({ region, onSpawn: onInterruption });
    const environment = {
      AWS_ENDPOINT_URL: aws.aws.endpoint,
      AWS_ACCESS_KEY_ID: aws.aws.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.aws.secretAccessKey,
      PULUMI_BACKEND_URL: "",
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      NODE_NO_WARNINGS: "1",
    };
    engine = await Engine.start({ region, environment });
    iamCli = await startIamCli(engine.cloud, engine.folder);
    for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]) copyFileSync(file, path.join(engine.projectFolder(), file));
  });
  after(async () => {
    iamCli?.stop();
    engine?.stop();
    await aws?.stop();
  });

  it("marks what needs an account: calls of AWS's, GitHub's and Stripe's own tools, and of ours that ask AWS", () => {
    const marked = chapters.flatMap(({ commands }) => commands).filter((command) => command.includes("#"));
    assert.ok(marked.length >= 5);
    for (const command of marked) assert.match(command, outside);
  });

  async function perform(command: string): Promise<string> {
    const PATH = [iamCli.folder, process.env.PATH].join(path.delimiter);
    // npx remembers each folder in which it finds a program: what it writes goes with the engine's folder.
    const env = { ...process.env, ...engine.environment, PATH, npm_config_cache: path.join(engine.folder, "npm") };
    return (await run("bash", ["-euo", "pipefail", "-c", command], { cwd: engine.projectFolder(), env })).stdout;
  }

  async function follow(heading: string): Promise<string> {
    const { commands } = chapters.find((chapter) => chapter.heading === heading)!;
    let printed = "";
    for (const command of commands) {
      if (outside.test(command) || runElsewhere.includes(command)) continue;
      printed += await perform(command);
    }
    return printed;
  }
  /** Every role that a stack's deployment has made carries the boundary of that stack. */
  function assertBounded(stack: string): void {
    const ofStack = new RegExp(`^webhook-(?!pipeline-).*-${stack}(-[0-9a-f]+)?$`);
    const made = engine.cloud.all(Type.role).filter(({ id }) => ofStack.test(id));
    assert.ok(made.length > 5, String(made.length));
    for (const { id, inputs } of made) assert.match(String(inputs.permissionsBoundary), new RegExp(`:policy/${boundaryName(stack)}$`), id);
  }
  const names = (type: string) => engine.cloud.all(type).map(({ inputs }) => inputs.name);

  it("has a step for each test here", () => {
    assert.deepEqual(
      chapters.map(({ heading }) => heading),
      ["1. Install the tools", "2. Sign in", ...steps.map(([heading]) => heading)],
    );
  });

  const steps: [heading: string, outcome: (printed: string) => void][] = [
    [
      "3. Create the state",
      (printed) => {
        assert.match(printed, /this creates[^]+Created and selected the stack dev\./);
        assert.match(readFileSync(path.join(engine.projectFolder(), "Pulumi.dev.yaml"), "utf8"), /^secretsprovider: awskms:/m);
      },
    ],
    [
      "4. Configure",
      () => {
        const stackFile = readFileSync(path.join(engine.projectFolder(), "Pulumi.dev.yaml"), "utf8");
        assert.match(stackFile, /alertSubscriptions:\n {4}- protocol: email\n {6}endpoint:\n {8}secure: /);
      },
    ],
    ["5. Deploy", () => assert.deepEqual(names(Type.table), ["webhook-events-dev"])],
    ["6. Receive Stripe's test events", (printed) => assert.match(printed, /"stripe":\s*"https:[^]+https:.*dashboards/)],
    [
      "7. Receive live events",
      (printed) => {
        assert.deepEqual(names(Type.table), ["webhook-events-dev", "webhook-events-prod"]);
        assert.match(printed, /"stripe":\s*"https:/);
      },
    ],
    [
      "8. Deploy from GitHub",
      (printed) => {
        for (const role of ["preview", "deploy-dev", "deploy-prod"]) assert.match(printed, new RegExp(`:role/webhook-pipeline-${role}\\b`));
        for (const stack of ["dev", "prod"]) assertBounded(stack);
      },
    ],
    [
      "9. Remove everything",
      () => {
        const left = [...engine.cloud.resources.values()].map(({ type }) => type);
        const logging = [Type.role, Type.rolePolicyAttachment];
        assert.deepEqual(left.sort(), [Type.account, ...logging, ...logging].sort(), "a logging role of each life, and who uses it");
      },
    ],
    [
      "10. Deploy again",
      (printed) => {
        assert.match(printed, /Created and selected the stack dev\.[^]+"stripe":\s*"https:/);
        assert.deepEqual(names(Type.table), ["webhook-events-dev"]);
        assert.equal(engine.cloud.all(Type.account).length, 1);
        assert.equal(new Set(names(Type.role)).size, names(Type.role).length, "a logging role of its own beside the one that stayed");
      },
    ],
  ];

  for (const [heading, outcome] of steps) {
    if (heading === "9. Remove everything")
      it("has a stack that went and came back, which has left a logging role with its boundary", async () => {
        await perform("pulumi destroy --stack dev");
        await perform("pulumi up --stack dev");
        assertBounded("dev");
      });
    it(`can be followed: ${heading}`, async () => outcome(await follow(heading)));
  }
});
