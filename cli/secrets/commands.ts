import type { ProviderName } from "../../domain/sources";
import { print, printError, printLine } from "../lib/output";
import { ask, readInput } from "../lib/prompt";
import { checked, credentialFields, fromAnswers, fromText, type Credential } from "./credentials";
import * as rotation from "./rotation";
import { findSecrets } from "../lib/target";

/** What a command of `secrets` is asked. */
export interface SecretsOptions {
  stack?: string;
  replace?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** Prints how many secrets each source has, and since when; never what they are. */
export async function listSecrets({ stack }: SecretsOptions): Promise<number> {
  const target = await findSecrets(stack);
  for (const name of Object.keys(target.providers)) {
    const { entries, since, malformed } = await rotation.readSecret(target, rotation.findSourceSecret(target, name));
    const state = malformed ? "not usable" : ["none yet", "one", "two: being rotated"][entries.length];
    printLine(`${name.padEnd(18)} ${state.padEnd(18)} ${since ? `since ${since.toISOString()}` : ""}`.trimEnd());
  }
  return 0;
}

/** Gives a source its first secret; with `replace`, another in place of what is there. */
export async function setSecret(name: string, { stack, replace }: SecretsOptions): Promise<number> {
  const target = await findSecrets(stack);
  const source = rotation.findSourceSecret(target, name);
  rotation.requireSettable(await rotation.readSecret(target, source), source, replace ?? false);
  await rotation.writeSecret(target, source, [await newEntry(source)]);
  return print(`${source.name} has its secret; it is in use within five minutes. Register ${source.url} at the source.`);
}

/** Adds a new secret beside the one in use: from now on either is accepted. */
export async function rotateSecret(name: string, { stack }: SecretsOptions): Promise<number> {
  const target = await findSecrets(stack);
  const source = rotation.findSourceSecret(target, name);
  const used = rotation.requireRotatable(await rotation.readSecret(target, source), source);
  const entry = await newEntry(source);
  rotation.requireNew(entry, used, source);
  await rotation.writeSecret(target, source, [entry, used]);
  const next = `webhook-pipeline secrets finish ${source.name}${stack === undefined ? "" : ` --stack ${stack}`}`;
  return print(`${source.name} has two secrets, and what either signs is accepted. Once the source signs with the new one alone: ${next}`);
}

/** Removes the old secret of a source: what it signed is refused within five minutes. */
export async function finishRotation(name: string, { stack }: SecretsOptions): Promise<number> {
  const target = await findSecrets(stack);
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
