import { createRequire } from "node:module";
import type { Command } from "commander";
import { addGroup, jsonOption, lazily, targetOption, withExamples, yesOption } from "./lib/command";

const load = createRequire(__filename);
const commands = () => load("./secrets/commands") as typeof import("./secrets/commands");

/** Adds `secrets …`. */
export function addSecrets(program: Command): void {
  const secrets = addGroup(program, "secrets", "Set and rotate the signing secrets of sources. No secret is ever shown.");
  for (const add of [addList, addSet, addRotate, addFinish]) add(secrets);
}

function addList(secrets: Command): void {
  const list = secrets
    .command("list")
    .description("List how many secrets each source has, and since when.")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(commands, "listSecrets"));
  withExamples(
    list,
    ["secrets list", "Lists the secrets of the local run."],
    ["secrets list --stack prod", "Tells which sources of prod still need a secret."],
  );
}

/** Adds a command that changes one source's secret. */
function addChange(secrets: Command, name: string, description: string): Command {
  return secrets
    .command(name)
    .description(description)
    .argument("<source>", "name of a source")
    .addOption(targetOption())
    .addOption(yesOption())
    .addOption(jsonOption());
}

function addSet(secrets: Command): void {
  const set = addChange(secrets, "set", "Give a source its first secret. The command prompts for it, or reads JSON from standard input.")
    .option("--replace", "replace the secret that the source has")
    .action(lazily(commands, "setSecret"));
  withExamples(
    set,
    ["secrets set stripe --stack dev", "Prompts for Stripe's signing secret; nothing is echoed."],
    ["secrets set paypal --stack prod --yes < secret.json", "Reads the secret from a file."],
  );
}

function addRotate(secrets: Command): void {
  const rotate = addChange(secrets, "rotate", "Add a new secret beside the one in use: from now on either is accepted.").action(
    lazily(commands, "rotateSecret"),
  );
  withExamples(
    rotate,
    ["secrets rotate stripe --stack prod", "Prompts for the new signing secret."],
    ["secrets rotate square --stack prod --yes < secret.json", "Reads the new secret from a file."],
  );
}

function addFinish(secrets: Command): void {
  const finish = addChange(secrets, "finish", "Remove the old secret: what it signed is refused within five minutes.").action(
    lazily(commands, "finishRotation"),
  );
  withExamples(
    finish,
    ["secrets finish stripe --stack prod", "Ends a rotation, after a question."],
    ["secrets finish stripe", "Ends a rotation on the local run."],
  );
}
