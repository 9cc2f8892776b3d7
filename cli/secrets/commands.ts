import { UserError } from "../../domain/userError";
import { createDestinationSecret } from "../../local/destinations";
import { asUserError, UsageError } from "../lib/errors";
import { print, printError, printLine } from "../lib/output";
import { ask, confirm, readInput, requireTerminal } from "../lib/prompt";
import { findSecrets, targetName, type SecretsTarget } from "../lib/target";
import { checked, credentialFields, fromAnswers, fromText, isOfDestination } from "./credentials";
import type { Credential, Field } from "./field";
import { entryFrom, readTokens, removeTokens, requireTokens } from "./handshakes";
import { describeSecret } from "./localSecret";
import * as rotation from "./rotation";

/** Options of the commands of `secrets`. */
export interface SecretsOptions {
  stack?: string;
  replace?: boolean;
  fromHandshake?: boolean;
  generate?: boolean;
  yes?: boolean;
  json?: boolean;
}

const notChanged = "Nothing was changed.";

/** Prints how many secrets each source and destination has, and since when; never a secret. */
export function listSecrets({ stack, json }: SecretsOptions): Promise<number> {
  return explained("secrets list", async () => {
    const target = await findSecrets(stack);
    const owned = rotation.ownedSecrets(target);
    const secrets = await Promise.all(owned.map((one) => rotation.readSecret(target, one)));
    const waiting = await Promise.all(owned.map((one, index) => (secrets[index].since ? [] : readTokens(target, one, new Date()))));
    const rows = owned.map((one, index) => {
      const { name, url } = one;
      const { entries, since, malformed } = secrets[index];
      return {
        ...(isOfDestination(one) ? { destination: name, auth: one.auth } : { source: name, provider: one.provider }),
        secrets: entries.length,
        since: since?.toISOString(),
        usable: !malformed && entries.length > 0,
        ...(waiting[index].length > 0 && { waitingTokens: waiting[index].length }),
        url,
      };
    });
    if (json) return print(JSON.stringify(rows, undefined, 2));
    printError(`Secrets of ${targetName(stack)}:`);
    const width = Math.max(...owned.map(({ name }) => name.length));
    for (const [index, { since, ...row }] of rows.entries()) {
      const { name } = owned[index];
      const end = since ? `since ${since}` : waitingOf(name, row);
      printLine(`${name.padEnd(width)}  ${stateOf({ ...row, since }).padEnd(27)}  ${end}`.trimEnd());
    }
    return 0;
  });
}

const waitingOf = (source: string, { waitingTokens }: { waitingTokens?: number }) =>
  waitingTokens === undefined ? "" : `a token waits: see "secrets handshake ${source}"`;

function stateOf({ secrets, since, usable }: { secrets: number; since: string | undefined; usable: boolean }): string {
  if (since === undefined) return "no secret yet";
  if (!usable) return "not usable: set --replace";
  return secrets === 1 ? "one secret" : "two secrets, being rotated";
}

/** Prints the tokens that a source has posted, and that no operator has accepted yet. They are secret, but in no use. */
export function showHandshake(name: string, { stack, json }: SecretsOptions): Promise<number> {
  return explained("secrets handshake", async () => {
    const target = await findSecrets(stack);
    const source = rotation.findSecret(target, name);
    const tokens = await readTokens(target, source, new Date());
    if (json) return print(JSON.stringify(tokens, undefined, 2));
    requireTokens(tokens, source);
    for (const { token, receivedAt } of tokens) printLine(`${receivedAt}  ${token}`);
    printError(
      `Anyone who knows the URL can post a token. Enter it at the provider. Once the provider accepts it, run: npx webhook-pipeline secrets set ${name} --from-handshake${stack === undefined ? "" : ` --stack ${stack}`}`,
    );
    return 0;
  });
}

/** Stores a secret. @param options with `replace`, drops the secret that there is */
export function setSecret(name: string, options: SecretsOptions): Promise<number> {
  const { stack, replace = false, fromHandshake = false } = options;
  return explained("secrets set", async () => {
    const target = await findSecrets(stack);
    const owned = rotation.findSecret(target, name);
    rotation.requireSettable(await rotation.readSecret(target, owned), owned, replace);
    const tokens = fromHandshake ? await readTokens(target, owned, new Date()) : [];
    const question = fromHandshake
      ? `Has the provider accepted the token that "secrets handshake ${name}" shows? Then it becomes the secret of ${name} in ${targetName(stack)}.`
      : `${replace ? "Replace" : "Store this as"} the secret of ${name} in ${targetName(stack)}?`;
    const { entry, made } = fromHandshake ? { entry: entryFrom(tokens, owned) } : await newEntry(owned, question, options);
    if (!(await isAgreed(question, options))) return print(notChanged, 1);
    await store(target, owned, [entry], stack);
    await removeTokens(target, owned, tokens);
    const used = isOfDestination(owned)
      ? `Deliveries are signed with it within five minutes. Give ${owned.url} the same secret.`
      : `The receiver uses it within five minutes. Register ${owned.url} at the source.`;
    return report(owned, { secrets: 1, url: owned.url }, `Stored the secret of ${name} in ${targetName(stack)}. ${used}`, options, made);
  });
}

/** Adds a new secret beside the one in use: of a source, either is accepted; a delivery is signed with both. */
export function rotateSecret(name: string, options: SecretsOptions): Promise<number> {
  const { stack } = options;
  return explained("secrets rotate", async () => {
    const target = await findSecrets(stack);
    const owned = rotation.findSecret(target, name);
    const inUse = rotation.requireRotatable(await rotation.readSecret(target, owned), owned);
    const question = `Add this secret of ${name} in ${targetName(stack)}, beside the one in use?`;
    const { entry, made } = await newEntry(owned, question, options);
    rotation.requireNew(entry, inUse, owned);
    if (!(await isAgreed(question, options))) return print(notChanged, 1);
    await store(target, owned, [entry, inUse], stack);
    const next = `npx webhook-pipeline secrets finish ${name}${stack === undefined ? "" : ` --stack ${stack}`}`;
    const used = isOfDestination(owned)
      ? `a delivery carries both signatures within five minutes. When ${owned.url} verifies with the new one`
      : `both are accepted, after a minute at the latest.${stack === undefined ? tryBoth(name) : ""} When the source signs with the new one only`;
    return report(owned, { secrets: 2, next }, `${name} has two secrets in ${targetName(stack)}, and ${used}, run: ${next}`, options, made);
  });
}

/** Says how a rotation on the local run can be tried. */
const tryBoth = (name: string) => ` Try both with "npx webhook-pipeline send ${name} --secret old" and "--secret new".`;

/** Removes the old secret. Within five minutes, the receiver refuses what it signed, or deliveries are not signed with it any more. */
export function finishRotation(name: string, options: SecretsOptions): Promise<number> {
  const { stack } = options;
  return explained("secrets finish", async () => {
    const target = await findSecrets(stack);
    const owned = rotation.findSecret(target, name);
    const entry = rotation.requireRotating(await rotation.readSecret(target, owned), owned);
    if (!(await isAgreed(`Remove the old secret of ${name} in ${targetName(stack)}?`, options))) return print(notChanged, 1);
    await store(target, owned, [entry], stack);
    const used = isOfDestination(owned)
      ? "Deliveries may carry its signature for up to five more minutes."
      : "Requests that it signed may be accepted for up to five more minutes.";
    return report(owned, { secrets: 1 }, `Removed the old secret of ${name} in ${targetName(stack)}. ${used}`, options);
  });
}

/** Stores the entries of a secret. The local run's description changes with it. */
async function store(target: SecretsTarget, owned: rotation.OwnedSecret, entries: readonly Credential[], stack: string | undefined) {
  await rotation.writeSecret(target, owned, entries);
  if (stack === undefined) await describeSecret(owned, entries);
}

/** Runs a command. @throws UserError that names it, if AWS refuses or does not answer */
async function explained(command: string, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    throw asUserError(command, error);
  }
}

/** Asks before a deployed stack changes. The local run changes without a question. */
async function isAgreed(question: string, { stack, yes }: SecretsOptions): Promise<boolean> {
  return stack === undefined || yes || confirm(question);
}

/** Prints what was done. @param made secret that was made, which is printed this once */
function report(owned: rotation.OwnedSecret, result: object, sentence: string, { json }: SecretsOptions, made?: string): number {
  const owner = isOfDestination(owned) ? { destination: owned.name } : { source: owned.name };
  if (json) return print(JSON.stringify({ ...owner, ...result, ...(made !== undefined && { secret: made }) }, undefined, 2));
  if (made === undefined) return print(sentence);
  printError(`${sentence}\nThis is the secret. It is not shown again:`);
  return print(made);
}

/** A new entry, and its signing secret if this command has made it. */
interface NewEntry {
  entry: Credential;
  made?: string;
}

/** Reads a secret from the keyboard or from standard input, or makes one. @throws UserError if the question could not be asked afterwards */
async function newEntry(
  owned: rotation.OwnedSecret,
  question: string,
  { stack, yes, generate = false }: SecretsOptions,
): Promise<NewEntry> {
  if (generate && !isOfDestination(owned))
    throw new UsageError(`--generate makes the secret of a destination, but ${owned.name} is a source. Its provider has made its secret.`);
  if (stack !== undefined && !yes) requireTerminal(question);
  const entry = await readEntry(owned, generate);
  if (!isOfDestination(owned) || entry.secret !== undefined) return { entry: checked(owned, entry) };
  const made = createDestinationSecret();
  return { entry: checked(owned, { secret: made, ...entry }), made };
}

async function readEntry(owned: rotation.OwnedSecret, generate: boolean): Promise<Credential> {
  const fields = credentialFields(owned).filter(({ key }) => !generate || key !== "secret");
  if (fields.length === 0) return {};
  if (!process.stdin.isTTY) {
    const text = (await readInput()).toString();
    const entry = fromText(owned, text);
    if (isOfDestination(owned) && !generate && entry.secret === undefined)
      throw new UserError(`Standard input has no secret for ${owned.name}. Give {"secret": "whsec_…"}, or --generate to make one.`);
    return entry;
  }
  const whose = isOfDestination(owned) ? "as its service has it" : "as the source shows it";
  printError(`Enter the secret of ${owned.name}, ${whose}. Ctrl-C changes nothing.`);
  return fromAnswers(owned, await askFor(fields, owned.url));
}

async function askFor(fields: readonly Field[], url: string): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { key, question, hidden, isUrl } of fields) {
    const answer = await ask(isUrl ? `${question} [${url}]: ` : `${question}: `, { hidden });
    answers[key] = isUrl && answer.trim() === "" ? url : answer;
  }
  return answers;
}
