import { GetSecretValueCommand, PutSecretValueCommand, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import type { ProviderName } from "../../domain/sources";
import { UserError } from "../../domain/userError";
import { checked, type Credential } from "./credentials";
import type { SecretsTarget } from "../lib/target";

/** A source of the stack, and where its secret is. */
export interface SourceSecret {
  name: string;
  provider: ProviderName;
  arn: string;
  url: string;
}

/** What is in a secret: its entries, the newest first, and since when. */
export interface StoredSecret {
  entries: readonly Credential[];
  /** `undefined`: it has no value yet. */
  since: Date | undefined;
  /** Whether it has a value that the receiver could not use. */
  malformed: boolean;
}

/** @throws UserError if the stack takes nothing from a source of that name */
export function findSourceSecret({ providers, secretArns, webhookUrls }: SecretsTarget, name: string | undefined): SourceSecret {
  const names = Object.keys(providers);
  if (name === undefined || !names.includes(name))
    throw new UserError(`The source is ${name ? `"${name}"` : "missing"}, but must be one of ${names.join(", ")}.`);
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

/** A first secret drops nothing; another one would. @throws UserError if there is one, and it is not meant to be dropped */
export function requireSettable(stored: StoredSecret, { name }: SourceSecret, replace: boolean): void {
  if (stored.since && !replace)
    throw new UserError(`${name} has a secret already: rotate keeps it valid beside the new one, set --replace drops it.`);
}

/** @returns the one secret that is in use @throws UserError if there is none, or two */
export function requireRotatable({ since, malformed, entries }: StoredSecret, { name }: SourceSecret): Credential {
  if (!since) throw new UserError(`${name} has no secret yet, which could be rotated: set gives it one.`);
  if (malformed) throw new UserError(`The receiver cannot use the secret that ${name} has: set --replace gives it another.`);
  if (entries.length > 1) throw new UserError(`${name} is being rotated already: finish drops its old secret.`);
  return entries[0];
}

/** @throws UserError if it is the one that is in use */
export function requireNew(entry: Credential, used: Credential, { name }: SourceSecret): void {
  const keys = new Set([...Object.keys(entry), ...Object.keys(used)]);
  if ([...keys].every((key) => entry[key] === used[key])) throw new UserError(`${name} has this very secret already.`);
}

/** @returns the new one of two secrets @throws UserError if there are no two */
export function requireRotating({ entries }: StoredSecret, { name }: SourceSecret): Credential {
  if (entries.length < 2) throw new UserError(`${name} is not being rotated: there is no old secret to drop.`);
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
