import { GetSecretValueCommand, PutSecretValueCommand, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import { UserError } from "../../domain/userError";
import { UsageError } from "../lib/errors";
import { checked, type Credential, type Secretive } from "./credentials";
import type { SecretsTarget } from "../lib/target";

/** Source of a stack, and the ARN of its secret. */
export interface SourceSecret extends Secretive {
  name: string;
  arn: string;
  url: string;
}

/** Content of a source's secret. */
export interface StoredSecret {
  /** One or two during a rotation, the newest first. */
  entries: readonly Credential[];
  /** When the value was stored; `undefined` if there is none yet. */
  since: Date | undefined;
  /** True if the receiver cannot use the value. */
  malformed: boolean;
}

/** Finds a source of the stack. @throws UsageError that lists the sources, if there is none of that name */
export function findSourceSecret(
  { sources, secretArns, webhookUrls }: Pick<SecretsTarget, "sources" | "secretArns" | "webhookUrls">,
  name: string,
): SourceSecret {
  const names = Object.keys(sources);
  if (!names.includes(name)) throw new UsageError(`Unknown source "${name}". Sources: ${names.join(", ")}.`);
  return { name, ...sources[name], arn: secretArns[name], url: webhookUrls[name] };
}

/** What a secret without a value contains. */
const none: StoredSecret = { entries: [], since: undefined, malformed: false };

/** Reads the secret of a source from Secrets Manager. */
export async function readSecret({ secretsManager }: Pick<SecretsTarget, "secretsManager">, source: SourceSecret): Promise<StoredSecret> {
  try {
    const { SecretString, SecretBinary, CreatedDate } = await secretsManager.send(new GetSecretValueCommand({ SecretId: source.arn }));
    // AWS throws if there is no value. MiniStack returns a version without one.
    if (SecretString === undefined && SecretBinary === undefined) return none;
    const entries = entriesOf(source, SecretString ?? "");
    return { entries: entries ?? [], since: CreatedDate, malformed: !entries };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return none;
    throw error;
  }
}

function entriesOf(source: Secretive, text: string): Credential[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const entries = (Array.isArray(value) ? value : [value]).map((entry) => checked(source, entry as Credential));
    return entries.length === 1 || entries.length === 2 ? entries : undefined;
  } catch {
    return undefined;
  }
}

/** Requires that storing a secret drops none. @throws UserError if the source has one, and `replace` is false */
export function requireSettable(stored: StoredSecret, { name }: SourceSecret, replace: boolean): void {
  if (stored.since && !replace)
    throw new UserError(
      `${name} has a secret already. To keep it valid beside the new one, use "secrets rotate". To drop it, give --replace.`,
    );
}

/** Returns the secret in use. @throws UserError if there is none, or two */
export function requireRotatable({ since, malformed, entries }: StoredSecret, { name }: SourceSecret): Credential {
  if (!since) throw new UserError(`${name} has no secret yet. Store one with "secrets set ${name}".`);
  if (malformed) throw new UserError(`The receiver cannot use the secret of ${name}. Store another with "secrets set ${name} --replace".`);
  if (entries.length > 1) throw new UserError(`${name} has two secrets already. Remove the old one with "secrets finish ${name}".`);
  return entries[0];
}

/** Requires another secret than the one in use. @throws UserError if they are the same */
export function requireNew(entry: Credential, used: Credential, { name }: SourceSecret): void {
  const keys = new Set([...Object.keys(entry), ...Object.keys(used)]);
  if ([...keys].every((key) => entry[key] === used[key])) throw new UserError(`${name} has this secret already.`);
}

/** Returns the new one of two secrets. @throws UserError if there are not two */
export function requireRotating({ entries }: StoredSecret, { name }: SourceSecret): Credential {
  if (entries.length < 2) throw new UserError(`${name} has no old secret to remove. "secrets rotate ${name}" adds a new one first.`);
  return entries[0];
}

/** Stores one entry, or two during a rotation, as the secret of a source. */
export async function writeSecret(
  { secretsManager }: Pick<SecretsTarget, "secretsManager">,
  { arn }: SourceSecret,
  entries: readonly Credential[],
): Promise<void> {
  const SecretString = JSON.stringify(entries.length === 1 ? entries[0] : entries);
  await secretsManager.send(new PutSecretValueCommand({ SecretId: arn, SecretString }));
}
