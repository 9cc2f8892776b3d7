import { GetSecretValueCommand, PutSecretValueCommand, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import type { ProviderName } from "../../domain/sources";
import { UserError } from "../../domain/userError";
import { checked, type Credential } from "./credentials";
import { UsageError } from "../lib/errors";
import type { SecretsTarget } from "../lib/target";

/** A source of the pipeline, and where its secret is stored. */
export interface SourceSecret {
  name: string;
  provider: ProviderName;
  arn: string;
  url: string;
}

/** A stored secret: its entries, the newest first, and when they were stored. */
export interface StoredSecret {
  entries: readonly Credential[];
  /** When it was stored; `undefined` if it has no value yet. */
  since: Date | undefined;
  /** True if it has a value that the receiver cannot use. */
  malformed: boolean;
}

/** Finds where a source's secret is. @throws UsageError if the pipeline has no source of that name */
export function findSourceSecret({ providers, secretArns, webhookUrls }: SecretsTarget, name: string): SourceSecret {
  const names = Object.keys(providers);
  if (!names.includes(name)) throw new UsageError(`Unknown source "${name}". Sources: ${names.join(", ")}.`);
  return { name, provider: providers[name], arn: secretArns[name], url: webhookUrls[name] };
}

export async function readSecret(
  { secretsManager }: Pick<SecretsTarget, "secretsManager">,
  { arn, provider }: SourceSecret,
): Promise<StoredSecret> {
  try {
    const { SecretString, CreatedDate } = await secretsManager.send(new GetSecretValueCommand({ SecretId: arn }));
    const entries = entriesOf(provider, SecretString ?? "");
    return { entries: entries ?? [], since: CreatedDate, malformed: !entries };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { entries: [], since: undefined, malformed: false };
    throw error;
  }
}

function entriesOf(provider: ProviderName, text: string): Credential[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const entries = (Array.isArray(value) ? value : [value]).map((entry) => checked(provider, entry as Credential));
    return entries.length === 1 || entries.length === 2 ? entries : undefined;
  } catch {
    return undefined;
  }
}

/** Refuses to overwrite a secret. @throws UserError if there is one, and `replace` is not given */
export function requireSettable(stored: StoredSecret, { name }: SourceSecret, replace: boolean): void {
  if (stored.since && !replace)
    throw new UserError(`${name} already has a secret. Keep it valid beside a new one with rotate, or drop it with set --replace.`);
}

/** Returns the one secret that is in use. @throws UserError if there is none, or two */
export function requireRotatable({ since, malformed, entries }: StoredSecret, { name }: SourceSecret): Credential {
  if (!since) throw new UserError(`${name} has no secret to rotate. Give it one with set.`);
  if (malformed) throw new UserError(`The receiver cannot use the secret of ${name}. Replace it with set --replace.`);
  if (entries.length > 1) throw new UserError(`${name} is already rotating. Remove its old secret with finish.`);
  return entries[0];
}

/** Refuses a secret that is already in use. @throws UserError if it is the same */
export function requireNew(entry: Credential, used: Credential, { name }: SourceSecret): void {
  const keys = new Set([...Object.keys(entry), ...Object.keys(used)]);
  if ([...keys].every((key) => entry[key] === used[key])) throw new UserError(`${name} already has this secret. Enter the new one.`);
}

/** Returns the new one of two secrets. @throws UserError if there are no two */
export function requireRotating({ entries }: StoredSecret, { name }: SourceSecret): Credential {
  if (entries.length < 2) throw new UserError(`${name} is not rotating: it has no old secret to remove.`);
  return entries[0];
}

export async function writeSecret(
  { secretsManager }: Pick<SecretsTarget, "secretsManager">,
  { arn }: SourceSecret,
  entries: readonly Credential[],
): Promise<void> {
  const SecretString = JSON.stringify(entries.length === 1 ? entries[0] : entries);
  await secretsManager.send(new PutSecretValueCommand({ SecretId: arn, SecretString }));
}
