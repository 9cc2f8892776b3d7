import { asUserError } from "../lib/errors";
import { print, printError, printLine } from "../lib/output";
import { ask, confirm, readInput, requireTerminal } from "../lib/prompt";
import { findSecrets, targetName } from "../lib/target";
import { checked, credentialFields, fromAnswers, fromText, type Credential, type Secretive } from "./credentials";
import { entryFrom, readTokens, removeTokens, requireTokens } from "./handshakes";
import * as rotation from "./rotation";

/** Options of the commands of `secrets`. */
export interface SecretsOptions {
  stack?: string;
  replace?: boolean;
  fromHandshake?: boolean;
  yes?: boolean;
  json?: boolean;
}

const notChanged = "Nothing was changed.";

/** Prints how many secrets each source has, and since when; never a secret. */
export function listSecrets({ stack, json }: SecretsOptions): Promise<number> {
  return explained("secrets list", async () => {
    const target = await findSecrets(stack);
    const sources = Object.keys(target.sources).map((name) => rotation.findSourceSecret(target, name));
    const secrets = await Promise.all(sources.map((source) => rotation.readSecret(target, source)));
    const waiting = await Promise.all(sources.map((source, index) => (secrets[index].since ? [] : readTokens(target, source, new Date()))));
    const rows = sources.map(({ name, provider, url }, index) => {
      const { entries, since, malformed } = secrets[index];
      return {
        source: name,
        provider,
        secrets: entries.length,
        since: since?.toISOString(),
        usable: !malformed && entries.length > 0,
        ...(waiting[index].length > 0 && { waitingTokens: waiting[index].length }),
        url,
      };
    });
    if (json) return print(JSON.stringify(rows, undefined, 2));
    printError(`Secrets of ${targetName(stack)}:`);
    const width = Math.max(...rows.map(({ source }) => source.length));
    for (const { source, since, ...row } of rows)
      printLine(
        `${source.padEnd(width)}  ${stateOf({ ...row, since }).padEnd(27)}  ${since ? `since ${since}` : waitingOf(source, row)}`.trimEnd(),
      );
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
    const source = rotation.findSourceSecret(target, name);
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

/** Stores the secret of a source. @param options with `replace`, drops the secret that the source has */
export function setSecret(name: string, options: SecretsOptions): Promise<number> {
  const { stack, replace = false, fromHandshake = false, json } = options;
  return explained("secrets set", async () => {
    const target = await findSecrets(stack);
    const source = rotation.findSourceSecret(target, name);
    rotation.requireSettable(await rotation.readSecret(target, source), source, replace);
    const tokens = fromHandshake ? await readTokens(target, source, new Date()) : [];
    const question = fromHandshake
      ? `Has the provider accepted the token that "secrets handshake ${name}" shows? Then it becomes the secret of ${name} in ${targetName(stack)}.`
      : `${replace ? "Replace" : "Store this as"} the secret of ${name} in ${targetName(stack)}?`;
    const entry = fromHandshake ? entryFrom(tokens, source) : await newEntry(source, question, options);
    if (!(await isAgreed(question, options))) return print(notChanged, 1);
    await rotation.writeSecret(target, source, [entry]);
    await removeTokens(target, source, tokens);
    const said = `Stored the secret of ${name} in ${targetName(stack)}. The receiver uses it within five minutes. Register ${source.url} at the source.`;
    return report({ source: name, secrets: 1, url: source.url }, said, json);
  });
}

/** Adds a new secret beside the one in use, so that either is accepted. */
export function rotateSecret(name: string, options: SecretsOptions): Promise<number> {
  const { stack, json } = options;
  return explained("secrets rotate", async () => {
    const target = await findSecrets(stack);
    const source = rotation.findSourceSecret(target, name);
    const used = rotation.requireRotatable(await rotation.readSecret(target, source), source);
    const question = `Add this secret of ${name} in ${targetName(stack)}, beside the one in use?`;
    const entry = await newEntry(source, question, options);
    rotation.requireNew(entry, used, source);
    if (!(await isAgreed(question, options))) return print(notChanged, 1);
    await rotation.writeSecret(target, source, [entry, used]);
    const next = `npx webhook-pipeline secrets finish ${name}${stack === undefined ? "" : ` --stack ${stack}`}`;
    const said = `${name} has two secrets in ${targetName(stack)}, and either is accepted within a minute. When the source signs with the new one only, run: ${next}`;
    return report({ source: name, secrets: 2, next }, said, json);
  });
}

/** Removes the old secret of a source. The receiver refuses what it signed within five minutes. */
export function finishRotation(name: string, options: SecretsOptions): Promise<number> {
  const { stack, json } = options;
  return explained("secrets finish", async () => {
    const target = await findSecrets(stack);
    const source = rotation.findSourceSecret(target, name);
    const entry = rotation.requireRotating(await rotation.readSecret(target, source), source);
    if (!(await isAgreed(`Remove the old secret of ${name} in ${targetName(stack)}?`, options))) return print(notChanged, 1);
    await rotation.writeSecret(target, source, [entry]);
    const said = `Removed the old secret of ${name} in ${targetName(stack)}. What it signed is refused within five minutes.`;
    return report({ source: name, secrets: 1 }, said, json);
  });
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

const report = (result: object, sentence: string, json = false) => print(json ? JSON.stringify(result, undefined, 2) : sentence);

/** Reads a secret from the keyboard or from standard input. @throws UserError if the question could not be asked afterwards */
async function newEntry(source: rotation.SourceSecret, question: string, { stack, yes }: SecretsOptions): Promise<Credential> {
  if (stack !== undefined && !yes) requireTerminal(question);
  if (!process.stdin.isTTY) return checked(source, fromText(source, (await readInput()).toString()));
  printError(`Enter the secret of ${source.name}, as the source shows it. Ctrl-C changes nothing.`);
  return checked(source, fromAnswers(source, await askFor(source, source.url)));
}

async function askFor(source: Secretive, url: string): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { key, question, hidden, isUrl } of credentialFields(source)) {
    const answer = await ask(isUrl ? `${question} [${url}]: ` : `${question}: `, { hidden });
    answers[key] = isUrl && answer.trim() === "" ? url : answer;
  }
  return answers;
}
