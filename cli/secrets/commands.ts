import type { ProviderName } from "../../domain/sources";
import { UserError } from "../../domain/userError";
import { programName } from "../lib/command";
import { print, printError, printLine } from "../lib/output";
import { ask, confirm, readInput } from "../lib/prompt";
import { checked, credentialFields, fromAnswers, fromText, type Credential } from "./credentials";
import * as rotation from "./rotation";
import { findSecrets } from "../lib/target";

/** Options of `secrets`. */
export interface SecretsOptions {
  stack?: string;
  replace?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** Prints how many secrets each source has, and since when; never a secret itself. */
export async function listSecrets({ stack, json }: SecretsOptions): Promise<number> {
  const target = await findSecrets(stack);
  const names = Object.keys(target.providers);
  const stored = await Promise.all(names.map(async (name) => rotation.readSecret(target, rotation.findSourceSecret(target, name))));
  if (json)
    return printJson(
      stored.map(({ entries, since, malformed }, index) => ({
        source: names[index],
        provider: target.providers[names[index]],
        secrets: entries.length,
        usable: !malformed && entries.length > 0,
        since,
      })),
    );
  const width = Math.max(...names.map((name) => name.length));
  for (const [index, { entries, since, malformed }] of stored.entries()) {
    const state = malformed ? "not usable" : ["no secret yet", "one secret", "two secrets: rotating"][entries.length];
    printLine(`${names[index].padEnd(width)}  ${state.padEnd(21)}  ${since ? `since ${since.toISOString()}` : ""}`.trimEnd());
  }
  return 0;
}

/** Gives a source its first secret; with `replace`, another in place of the one that is stored. */
export async function setSecret(name: string, options: SecretsOptions): Promise<number> {
  const { stack, replace = false, json } = options;
  const target = await findSecrets(stack);
  const source = rotation.findSourceSecret(target, name);
  rotation.requireSettable(await rotation.readSecret(target, source), source, replace);
  await requireAgreement(`${replace ? "Replace" : "Set"} the secret of ${name}`, options);
  await rotation.writeSecret(target, source, [await newEntry(source)]);
  if (json) return printJson({ source: name, secrets: 1, url: source.url });
  return print(`${name} has its secret. The receiver uses it within five minutes. Register this URL at the source: ${source.url}`);
}

/** Adds a new secret beside the one in use: from now on either is accepted. */
export async function rotateSecret(name: string, options: SecretsOptions): Promise<number> {
  const { stack, json } = options;
  const target = await findSecrets(stack);
  const source = rotation.findSourceSecret(target, name);
  const used = rotation.requireRotatable(await rotation.readSecret(target, source), source);
  await requireAgreement(`Add a second secret to ${name}`, options);
  const entry = await newEntry(source);
  rotation.requireNew(entry, used, source);
  await rotation.writeSecret(target, source, [entry, used]);
  if (json) return printJson({ source: name, secrets: 2 });
  const next = `npx ${programName} secrets finish ${name}${stack === undefined ? "" : ` --stack ${stack}`}`;
  return print(`${name} has two secrets; the receiver accepts either. When the source signs with the new one only, run: ${next}`);
}

/** Removes the old secret of a source: what it signed is refused within five minutes. */
export async function finishRotation(name: string, options: SecretsOptions): Promise<number> {
  const { stack, json } = options;
  const target = await findSecrets(stack);
  const source = rotation.findSourceSecret(target, name);
  const entry = rotation.requireRotating(await rotation.readSecret(target, source), source);
  await requireAgreement(`Remove the old secret of ${name}`, options);
  await rotation.writeSecret(target, source, [entry]);
  if (json) return printJson({ source: name, secrets: 1 });
  return print(`${name} has only the new secret. The receiver refuses what the old one signed within five minutes.`);
}

/** Asks before a deployed stack is changed. @throws UserError if the answer is no, UsageError where there is no terminal to ask at */
async function requireAgreement(change: string, { stack, yes }: SecretsOptions): Promise<void> {
  if (stack === undefined || yes) return;
  if (!(await confirm(`${change} in the stack ${stack}?`))) throw new UserError("Nothing is changed.");
}

const printJson = (value: unknown) => print(JSON.stringify(value, undefined, 2));

async function newEntry({ name, provider, url }: rotation.SourceSecret): Promise<Credential> {
  if (!process.stdin.isTTY) return checked(provider, fromText(provider, await readInput()));
  printError(`Enter the secret of ${name} as the source shows it. Ctrl-C changes nothing.`);
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
