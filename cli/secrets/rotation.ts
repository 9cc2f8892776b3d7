import { GetSecretValueCommand, PutSecretValueCommand, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import { secretOwner } from "../../domain/names";
import { secretVersionId } from "../../domain/secretVersions";
import { UserError } from "../../domain/userError";
import { UsageError } from "../lib/errors";
import { checked, isOfDestination, type SecretHolder } from "./credentials";
import type { Credential } from "./field";
import type { SecretsTarget } from "../lib/target";

/** Secret of a stack: a source's, or a destination's. */
export type OwnedSecret = SecretHolder & {
  /** What operators call it: the source's name, or `to-` and the destination's. */
  name: string;
  arn: string;
  /** URL of the source, or of the destination. */
  url: string;
};

/** Content of a secret. */
export interface StoredSecret {
  /** One or two during a rotation, the newest first. */
  entries: readonly Credential[];
  /** When the value was stored; `undefined` if there is none yet. */
  since: Date | undefined;
  /** True if the pipeline cannot use the value. */
  malformed: boolean;
}

/** Lists the secrets of a stack: those of the sources, then those of the destinations. */
export function ownedSecrets({ sources, secretArns, webhookUrls, destinations }: SecretNames): OwnedSecret[] {
  const ofSources = Object.entries(sources).map(([name, source]) => ({ name, ...source, arn: secretArns[name], url: webhookUrls[name] }));
  const ofDestinations = Object.entries(destinations).flatMap(([name, { auth = "none", secretArn, url = "" }]) =>
    secretArn === undefined ? [] : [{ name: secretOwner(name), auth, arn: secretArn, url }],
  );
  return [...ofSources, ...ofDestinations];
}

type SecretNames = Pick<SecretsTarget, "sources" | "secretArns" | "webhookUrls" | "destinations">;

/** Finds a secret of the stack. @throws UsageError that lists them, if there is none of that name */
export function findSecret(target: SecretNames, name: string): OwnedSecret {
  const all = ownedSecrets(target);
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const [ofDestinations, ofSources] = [true, false].map((isOf) =>
    all.filter((one) => isOfDestination(one) === isOf).map((one) => one.name),
  );
  const meant = ofDestinations.includes(secretOwner(name)) ? ` The secret of the destination ${name} is ${secretOwner(name)}.` : "";
  const destinations = ofDestinations.length > 0 ? ` Destinations: ${ofDestinations.join(", ")}.` : "";
  throw new UsageError(`Unknown source "${name}".${meant} Sources: ${ofSources.join(", ")}.${destinations}`);
}

/** What a secret without a value contains. */
const none: StoredSecret = { entries: [], since: undefined, malformed: false };

/** Reads a secret from Secrets Manager. */
export async function readSecret({ secretsManager }: Pick<SecretsTarget, "secretsManager">, source: OwnedSecret): Promise<StoredSecret> {
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

function entriesOf(holder: SecretHolder, text: string): Credential[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const entries = (Array.isArray(value) ? value : [value]).map((entry) => checked(holder, entry as Credential));
    return entries.length === 1 || entries.length === 2 ? entries : undefined;
  } catch {
    return undefined;
  }
}

/** Requires that storing a secret drops none. @throws UserError if there is one, and `replace` is false */
export function requireSettable(stored: StoredSecret, { name }: OwnedSecret, replace: boolean): void {
  if (stored.since && !replace)
    throw new UserError(
      `${name} has a secret already. To keep it valid beside the new one, use "secrets rotate". To drop it, give --replace.`,
    );
}

/** Returns the secret in use. @throws UserError if there is none, or two */
export function requireRotatable({ since, malformed, entries }: StoredSecret, { name }: OwnedSecret): Credential {
  if (!since) throw new UserError(`${name} has no secret yet. Store one with "secrets set ${name}".`);
  if (malformed) throw new UserError(`The pipeline cannot use the secret of ${name}. Store another with "secrets set ${name} --replace".`);
  if (entries.length > 1) throw new UserError(`${name} has two secrets already. Remove the old one with "secrets finish ${name}".`);
  return entries[0];
}

/** Requires another secret than the one in use. @throws UserError if they are the same */
export function requireNew(entry: Credential, used: Credential, { name }: OwnedSecret): void {
  const keys = new Set([...Object.keys(entry), ...Object.keys(used)]);
  if ([...keys].every((key) => entry[key] === used[key])) throw new UserError(`${name} has this secret already.`);
}

/** Returns the new one of two secrets. @throws UserError if there are not two */
export function requireRotating({ entries }: StoredSecret, { name }: OwnedSecret): Credential {
  if (entries.length < 2) throw new UserError(`${name} has no old secret to remove. "secrets rotate ${name}" adds a new one first.`);
  return entries[0];
}

/** Stores one entry, or two during a rotation, as a secret. */
export async function writeSecret(
  { secretsManager }: Pick<SecretsTarget, "secretsManager">,
  { arn }: OwnedSecret,
  entries: readonly Credential[],
): Promise<void> {
  const SecretString = JSON.stringify(entries.length === 1 ? entries[0] : entries);
  const ClientRequestToken = secretVersionId(entries.length);
  await secretsManager.send(new PutSecretValueCommand({ SecretId: arn, SecretString, ClientRequestToken }));
}
