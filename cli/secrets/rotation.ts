import { GetSecretValueCommand, PutSecretValueCommand, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import type { Scheme } from "../../domain/event";
import { UserError } from "../../domain/userError";
import { checked, type Credential } from "./credentials";
import type { SecretsTarget } from "../lib/target";

/** A sender of the stack, and where its secret is. */
export interface SenderSecret {
  name: string;
  scheme: Scheme;
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

/** @throws UserError if the stack takes nothing from a sender of that name */
export function senderOf({ schemes, secretArns, webhookUrls }: SecretsTarget, name: string | undefined): SenderSecret {
  const names = Object.keys(schemes);
  if (name === undefined || !names.includes(name))
    throw new UserError(`The sender is ${name ? `"${name}"` : "missing"}, but must be one of ${names.join(", ")}.`);
  return { name, scheme: schemes[name], arn: secretArns[name], url: webhookUrls[name] };
}

export async function readSecret(
  { secretsManager }: Pick<SecretsTarget, "secretsManager">,
  { arn, scheme }: SenderSecret,
): Promise<StoredSecret> {
  try {
    const { SecretString, CreatedDate } = await secretsManager.send(new GetSecretValueCommand({ SecretId: arn }));
    const entries = entriesOf(scheme, SecretString ?? "");
    return { entries: entries ?? [], since: CreatedDate, malformed: !entries };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { entries: [], since: undefined, malformed: false };
    throw error;
  }
}

function entriesOf(scheme: Scheme, text: string): Credential[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const entries = (Array.isArray(value) ? value : [value]).map((entry) => checked(scheme, entry as Credential));
    return entries.length === 1 || entries.length === 2 ? entries : undefined;
  } catch {
    return undefined;
  }
}

/** A first secret drops nothing; another one would. @throws UserError if there is one, and it is not meant to be dropped */
export function requireSettable(stored: StoredSecret, { name }: SenderSecret, replace: boolean): void {
  if (stored.since && !replace)
    throw new UserError(`${name} has a secret already: rotate keeps it valid beside the new one, set --replace drops it.`);
}

/** @returns the one secret that is in use @throws UserError if there is none, or two */
export function requireRotatable({ since, malformed, entries }: StoredSecret, { name }: SenderSecret): Credential {
  if (!since) throw new UserError(`${name} has no secret yet, which could be rotated: set gives it one.`);
  if (malformed) throw new UserError(`The receiver cannot use the secret that ${name} has: set --replace gives it another.`);
  if (entries.length > 1) throw new UserError(`${name} is being rotated already: finish drops its old secret.`);
  return entries[0];
}

/** @throws UserError if it is the one that is in use */
export function requireNew(entry: Credential, used: Credential, { name }: SenderSecret): void {
  const keys = new Set([...Object.keys(entry), ...Object.keys(used)]);
  if ([...keys].every((key) => entry[key] === used[key])) throw new UserError(`${name} has this very secret already.`);
}

/** @returns the new one of two secrets @throws UserError if there are no two */
export function requireRotating({ entries }: StoredSecret, { name }: SenderSecret): Credential {
  if (entries.length < 2) throw new UserError(`${name} is not being rotated: there is no old secret to drop.`);
  return entries[0];
}

export async function writeSecret(
  { secretsManager }: Pick<SecretsTarget, "secretsManager">,
  { arn }: SenderSecret,
  entries: readonly Credential[],
): Promise<void> {
  const SecretString = JSON.stringify(entries.length === 1 ? entries[0] : entries);
  await secretsManager.send(new PutSecretValueCommand({ SecretId: arn, SecretString }));
}
