import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { Type } from "../../graph/types";
import { startMiniStack, type RunningAws } from "../../local/ministack";
import { Engine } from "../helpers/engine";
import { onInterruption } from "../helpers/interruption";

const run = promisify(execFile);
const region = "eu-central-1";

interface Chapter {
  heading: string;
  commands: string[];
}

/** The chapters of the document with the lines of their shell blocks. */
function chaptersOf(text: string): Chapter[] {
  return text.split(/^## /m).flatMap((chapter) => {
    const commands = [...chapter.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block]) => block.trim().split("\n"));
    return commands.length > 0 ? [{ heading: chapter.split("\n")[0], commands }] : [];
  });
}

const outside = /^((aws|npm run (secrets|events)) .* # needs AWS|gh .* # needs GitHub|stripe .* # needs Stripe)$/;
/** Run before the checks: .ci/run. */
const runElsewhere = ["npm ci"];

/** A newcomer's way, to the letter: state on the local AWS, resources at the stand-in, yes to every question. */
describe("docs/deploy.md", () => {
  const chapters = chaptersOf(readFileSync("docs/deploy.md", "utf8"));
  let aws: RunningAws;
  let engine: Engine;

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
    for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]) copyFileSync(file, path.join(engine.projectFolder(), file));
  });
  after(async () => {
    engine?.stop();
    await aws?.stop();
  });

  it("marks what needs an account: calls of AWS's, GitHub's and Stripe's own tools, and of ours that ask AWS", () => {
    const marked = chapters.flatMap(({ commands }) => commands).filter((command) => command.includes("#"));
    assert.ok(marked.length >= 5);
    for (const command of marked) assert.match(command, outside);
  });

  async function follow(heading: string): Promise<string> {
    const { commands } = chapters.find((chapter) => chapter.heading === heading)!;
    let printed = "";
    for (const command of commands) {
      if (outside.test(command) || runElsewhere.includes(command)) continue;
      const env = { ...process.env, ...engine.environment };
      const { stdout } = await run("bash", ["-euo", "pipefail", "-c", command], { cwd: engine.projectFolder(), env });
      printed += stdout;
    }
    return printed;
  }
  const names = (type: string) => engine.cloud.all(type).map(({ inputs }) => inputs.name);

  it("has a step for each test here", () => {
    assert.deepEqual(
      chapters.map(({ heading }) => heading),
      ["1. Tools", "2. Credentials", ...steps.map(([heading]) => heading)],
    );
  });

  const steps: [heading: string, outcome: (printed: string) => void][] = [
    [
      "3. State",
      (printed) => {
        assert.match(printed, /This would make[^]+The stack dev is made and selected/);
        assert.match(readFileSync(path.join(engine.projectFolder(), "Pulumi.dev.yaml"), "utf8"), /^secretsprovider: awskms:/m);
      },
    ],
    [
      "4. Configuration",
      () => {
        const stackFile = readFileSync(path.join(engine.projectFolder(), "Pulumi.dev.yaml"), "utf8");
        assert.match(stackFile, /alertSubscriptions:\n {4}- protocol: email\n {6}endpoint:\n {8}secure: /);
      },
    ],
    ["5. Deployment", () => assert.deepEqual(names(Type.table), ["webhook-events-dev"])],
    ["6. Stripe's test events", (printed) => assert.match(printed, /"stripe":\s*"https:[^]+https:.*dashboards/)],
    [
      "7. Live events",
      (printed) => {
        assert.deepEqual(names(Type.table), ["webhook-events-dev", "webhook-events-prod"]);
        assert.match(printed, /"stripe":\s*"https:/);
      },
    ],
    [
      "8. The team",
      (printed) => {
        for (const role of ["preview", "deploy-dev", "deploy-prod"]) assert.match(printed, new RegExp(`:role/webhook-pipeline-${role}\\b`));
        const bounded = engine.cloud.all(Type.role).filter(({ inputs }) => !String(inputs.name).startsWith("webhook-pipeline-"));
        for (const { inputs } of bounded)
          assert.match(
            String(inputs.permissionsBoundary),
            new RegExp(`:policy/webhook-pipeline-boundary-${String(inputs.name).split("-").at(-1)}$`),
          );
      },
    ],
    [
      "9. Undo",
      () => {
        const left = [...engine.cloud.resources.values()].map(({ type }) => type);
        assert.deepEqual(left, [Type.role, Type.rolePolicyAttachment, Type.account], "of the account's logging role alone");
      },
    ],
    [
      "10. Up again",
      (printed) => {
        assert.match(printed, /The stack dev is made and selected[^]+"stripe":\s*"https:/);
        assert.deepEqual(names(Type.table), ["webhook-events-dev"]);
        assert.equal(engine.cloud.all(Type.account).length, 1);
        assert.equal(new Set(names(Type.role)).size, names(Type.role).length, "a logging role of its own beside the one that stayed");
      },
    ],
  ];

  for (const [heading, outcome] of steps) it(`can be followed: ${heading}`, async () => outcome(await follow(heading)));
});
