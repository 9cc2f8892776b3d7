import { createRequire } from "node:module";
import type { Command } from "commander";
import { addGroup, jsonOption, lazily, targetOption, withExamples, withNotes, yesOption } from "./lib/command";

const load = createRequire(__filename);
const commands = () => load("./secrets/commands") as typeof import("./secrets/commands");

const generateMeaning = "make the signing secret of a destination, and print it this once";

/** Adds `secrets …`. */
export function addSecrets(program: Command): void {
  const secrets = addGroup(
    program,
    "secrets",
    "Set and rotate the signing secrets of sources and destinations; no secret in use is ever shown.",
  );
  for (const add of [addList, addHandshake, addSet, addRotate, addFinish]) add(secrets);
}

function addList(secrets: Command): void {
  const list = secrets
    .command("list")
    .description("List the sources and destinations, how many secrets each has, and since when.")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(commands, "listSecrets"));
  withExamples(
    list,
    ["secrets list", "Lists the secrets of the local run."],
    ["secrets list --stack prod", "Tells which sources of prod still need a secret."],
  );
}

function addHandshake(secrets: Command): void {
  const handshake = secrets
    .command("handshake")
    .description("Show the tokens that a source has posted to become its secret, such as Notion's.")
    .argument("<source>", "name of a source")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(commands, "showHandshake"));
  withExamples(
    handshake,
    ["secrets handshake notion --stack prod", "Shows the token to enter at Notion, newest first."],
    ["secrets handshake notion --stack prod --json", "Lists the tokens for another program."],
  );
}

/** Adds a command that changes one secret. */
function addChange(secrets: Command, name: string, description: string): Command {
  return secrets
    .command(name)
    .description(description)
    .argument("<name>", "name of a source, or to-<name> for that of a destination, such as to-orders")
    .addOption(targetOption())
    .addOption(yesOption())
    .addOption(jsonOption());
}

function addSet(secrets: Command): void {
  const set = addChange(secrets, "set", "Store the secret of a source or destination, from a prompt or from standard input.")
    .option("--from-handshake", "take the token that the source has posted, once the provider has accepted it")
    .option("--generate", generateMeaning)
    .option("--replace", "drop the secret that is there, and store another")
    .action(lazily(commands, "setSecret"));
  withExamples(
    set,
    ["secrets set stripe --stack dev", "Prompts for Stripe's signing secret; nothing is echoed."],
    ["secrets set notion --stack prod --from-handshake", 'Stores the token that "secrets handshake notion" shows.'],
    ["secrets set paypal --stack prod --yes < secret.json", "Reads the secret from a file, and does not ask."],
    ["secrets set to-orders --generate --stack prod", "Makes the secret of the destination orders, and prints it once."],
  );
  withNotes(
    set,
    "A source and a destination can have the same name, so a destination's secret is named to-<name>, as in AWS.",
    "Press Enter at the prompt for a destination's signing secret to have one made and printed once: the service",
    "needs the same. Where the destination's auth is basic or bearer, the secret has its values, too:",
    '{"secret": "whsec_…", "username": "…", "password": "…"} or {"secret": "whsec_…", "token": "…"}.',
  );
}

function addRotate(secrets: Command): void {
  const rotate = addChange(secrets, "rotate", "Add a new secret beside the one in use, so that both work.")
    .option("--generate", generateMeaning)
    .action(lazily(commands, "rotateSecret"));
  withExamples(
    rotate,
    ["secrets rotate stripe --stack prod", "Prompts for the new signing secret."],
    ["secrets rotate stripe", "Prompts for a new secret of the local run, and does not ask again."],
    ["secrets rotate square --stack prod --yes < secret.json", "Reads the new secret from a file, and does not ask."],
    ["secrets rotate to-orders --generate --stack prod", "Signs deliveries to orders with both secrets, and prints the new one once."],
  );
  withNotes(
    rotate,
    "On the local run, any new secret will do: only the command send signs with it. To see that both work:",
    "npx webhook-pipeline send stripe --secret old, then --secret new. End with secrets finish stripe.",
  );
}

function addFinish(secrets: Command): void {
  const finish = addChange(secrets, "finish", "Remove the old secret of a source or destination, which ends a rotation.").action(
    lazily(commands, "finishRotation"),
  );
  withExamples(
    finish,
    ["secrets finish stripe --stack prod", "Ends a rotation, after a question."],
    ["secrets finish stripe", "Ends a rotation on the local run, without a question."],
  );
}
