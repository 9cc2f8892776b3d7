import type { ProviderName } from "../domain/sources";
import { asUserError, runCommand, UsageError } from "./lib/errors";
import { flag, parseOptions, text } from "./lib/options";
import { print, printError, printLine } from "./lib/output";
import { ask, readInput } from "./lib/prompt";
import { checked, credentialFields, fromAnswers, fromText, type Credential } from "./secrets/credentials";
import * as rotation from "./secrets/rotation";
import { findSecrets, type SecretsTarget } from "./lib/target";

const usage = `npm run secrets -- COMMAND [SOURCE] [OPTIONS]   on the local run or, with --stack NAME, in AWS
  list             each source's secrets: how many, and since when; never what they are
  set SOURCE       gives a source its first secret; with --replace, another in place of what is there
  rotate SOURCE    a new secret beside the one in use: from now on either is accepted
  finish SOURCE    drops the old one: what it signed is refused within five minutes
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
    throw new UsageError(`${command} takes ${command === "list" ? "no source" : "one source"}.`);
  if (values.replace && command !== "set") throw new UsageError(`${command} takes no --replace.`);
  try {
    return await run(await findSecrets(values.stack), name, values);
  } catch (error) {
    throw asUserError(command, error);
  }
}

function readOptions() {
  const options = { stack: text, replace: flag, help: flag };
  return parseOptions({ allowPositionals: true, options }, "npm run secrets -- --help lists what there is");
}

const commands: Record<string, (target: SecretsTarget, name: string | undefined, options: Options) => Promise<number>> = {
  list,
  set,
  rotate,
  finish,
};

async function list(target: SecretsTarget): Promise<number> {
  for (const name of Object.keys(target.providers)) {
    const { entries, since, malformed } = await rotation.readSecret(target, rotation.findSourceSecret(target, name));
    const state = malformed ? "not usable" : ["none yet", "one", "two: being rotated"][entries.length];
    printLine(`${name.padEnd(18)} ${state.padEnd(18)} ${since ? `since ${since.toISOString()}` : ""}`.trimEnd());
  }
  return 0;
}

async function set(target: SecretsTarget, name: string | undefined, { replace }: Options): Promise<number> {
  const source = rotation.findSourceSecret(target, name);
  rotation.requireSettable(await rotation.readSecret(target, source), source, replace ?? false);
  await rotation.writeSecret(target, source, [await newEntry(source)]);
  return print(`${source.name} has its secret; it is in use within five minutes. Register ${source.url} at the source.`);
}

async function rotate(target: SecretsTarget, name: string | undefined, { stack }: Options): Promise<number> {
  const source = rotation.findSourceSecret(target, name);
  const used = rotation.requireRotatable(await rotation.readSecret(target, source), source);
  const entry = await newEntry(source);
  rotation.requireNew(entry, used, source);
  await rotation.writeSecret(target, source, [entry, used]);
  const next = `npm run secrets -- finish ${source.name}${stack === undefined ? "" : ` --stack ${stack}`}`;
  return print(`${source.name} has two secrets, and what either signs is accepted. Once the source signs with the new one alone: ${next}`);
}

async function finish(target: SecretsTarget, name: string | undefined): Promise<number> {
  const source = rotation.findSourceSecret(target, name);
  await rotation.writeSecret(target, source, [rotation.requireRotating(await rotation.readSecret(target, source), source)]);
  return print(`${source.name} has the new secret alone; what the old one signs is refused within five minutes.`);
}

async function newEntry({ name, provider, url }: rotation.SourceSecret): Promise<Credential> {
  if (!process.stdin.isTTY) return checked(provider, fromText(provider, await readInput()));
  printError(`The secret of ${name}, as the source shows it; Ctrl-C changes nothing.`);
  return checked(provider, fromAnswers(provider, await askFor(provider, url)));
}

async function askFor(provider: ProviderName, url: string): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { key, question, hidden, isUrl } of credentialFields[provider]) {
    const answer = await ask(isUrl ? `${question} [${url}]: ` : `${question}: `, { hidden });
    answers[key] = isUrl && answer.trim() === "" ? url : answer;
  }
  return answers;
}

void runCommand(main);
