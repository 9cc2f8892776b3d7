import type { Scheme } from "../domain/event";
import { UserError } from "../domain/userError";
import { runCommand, UsageError } from "./lib/errors";
import { parseOptions } from "./lib/options";
import { print, printError, printLine } from "./lib/output";
import { ask, readInput } from "./lib/prompt";
import { checked, fields, fromAnswers, fromText, type Credential } from "./secrets/credentials";
import {
  readSecret,
  requireNew,
  requireRotatable,
  requireRotating,
  requireSettable,
  senderOf,
  writeSecret,
  type SenderSecret,
} from "./secrets/rotation";
import { findSecrets, type SecretsTarget } from "./lib/target";

const usage = `npm run secrets -- COMMAND [SENDER] [OPTIONS]   on the local run or, with --stack NAME, in AWS
  list             each sender's secrets: how many, and since when; never what they are
  set SENDER       gives a sender its first secret; with --replace, another in place of what is there
  rotate SENDER    a new secret beside the one in use: from now on either is accepted
  finish SENDER    drops the old one: what it signed is refused within five minutes
The new secret is asked for at the keyboard and not shown; from a file or another program it comes as JSON, such as
  npm run --silent secrets -- rotate paypal --stack prod < secret.json`;

type Options = ReturnType<typeof readOptions>["values"];

async function main(): Promise<number> {
  const { values, positionals } = readOptions();
  const [command, name, ...more] = positionals;
  if (values.help || command === undefined) return print(usage, values.help ? 0 : 2);
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run) throw new UsageError(`There is no command "${command}", but ${Object.keys(commands).join(", ")}.`);
  if (more.length > 0 || (command === "list" && name))
    throw new UsageError(`${command} takes ${command === "list" ? "no sender" : "one sender"}.`);
  if (values.replace && command !== "set") throw new UsageError(`${command} takes no --replace.`);
  try {
    return await run(await findSecrets(values.stack), name, values);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${command}: ${(error as Error).name}: ${(error as Error).message}`);
  }
}

function readOptions() {
  const options = { stack: { type: "string" }, replace: { type: "boolean" }, help: { type: "boolean" } } as const;
  return parseOptions({ allowPositionals: true, options }, "npm run secrets -- --help lists what there is");
}

const commands: Record<string, (target: SecretsTarget, name: string | undefined, options: Options) => Promise<number>> = {
  list,
  set,
  rotate,
  finish,
};

async function list(target: SecretsTarget): Promise<number> {
  for (const name of Object.keys(target.schemes)) {
    const { entries, since, malformed } = await readSecret(target, senderOf(target, name));
    const state = malformed ? "not usable" : ["none yet", "one", "two: being rotated"][entries.length];
    printLine(`${name.padEnd(18)} ${state.padEnd(18)} ${since ? `since ${since.toISOString()}` : ""}`.trimEnd());
  }
  return 0;
}

async function set(target: SecretsTarget, name: string | undefined, { replace }: Options): Promise<number> {
  const sender = senderOf(target, name);
  requireSettable(await readSecret(target, sender), sender, replace ?? false);
  await writeSecret(target, sender, [await newEntry(sender)]);
  return print(`${sender.name} has its secret; it is in use within five minutes. Register ${sender.url} at the sender.`);
}

async function rotate(target: SecretsTarget, name: string | undefined, { stack }: Options): Promise<number> {
  const sender = senderOf(target, name);
  const used = requireRotatable(await readSecret(target, sender), sender);
  const entry = await newEntry(sender);
  requireNew(entry, used, sender);
  await writeSecret(target, sender, [entry, used]);
  const next = `npm run secrets -- finish ${sender.name}${stack === undefined ? "" : ` --stack ${stack}`}`;
  return print(`${sender.name} has two secrets, and what either signs is accepted. Once the sender signs with the new one alone: ${next}`);
}

async function finish(target: SecretsTarget, name: string | undefined): Promise<number> {
  const sender = senderOf(target, name);
  await writeSecret(target, sender, [requireRotating(await readSecret(target, sender), sender)]);
  return print(`${sender.name} has the new secret alone; what the old one signs is refused within five minutes.`);
}

async function newEntry({ name, scheme, url }: SenderSecret): Promise<Credential> {
  if (!process.stdin.isTTY) return checked(scheme, fromText(scheme, await readInput()));
  printError(`The secret of ${name}, as the sender shows it; Ctrl-C changes nothing.`);
  return checked(scheme, fromAnswers(scheme, await askFor(scheme, url)));
}

async function askFor(scheme: Scheme, url: string): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { key, question, hidden, isUrl } of fields[scheme]) {
    const answer = await ask(isUrl ? `${question} [${url}]: ` : `${question}: `, { hidden });
    answers[key] = isUrl && answer.trim() === "" ? url : answer;
  }
  return answers;
}

void runCommand(main);
