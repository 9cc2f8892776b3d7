import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Variable } from "../domain/variables";
import { inTime } from "./aws/deadline";
import { requiredVariable } from "./aws/environment";
import { Refusal, safeDescription } from "./errors";
import type { Provider } from "./sources/lib/types";
import type { ConfiguredSource } from "./configuredSources";
import { logger } from "./aws/telemetry";

/** How long a secret is used before it is read again: a rotation is in use everywhere within this time. */
const cacheMs = 5 * 60 * 1000;

/** How often a container reads a secret before its time, at most: forged requests cannot make it read one for each of them. */
const renewalMs = 60 * 1000;

/** How long it does not try to read one again that cannot be read, or used; that holds up an operator who mends it as long. */
const failureMs = 10 * 1000;

interface Cached {
  /** As it was read: whether another one is another. */
  text: string;
  credentials: readonly unknown[];
  readAt: number;
}
const cache = new Map<string, Cached>();
/** By source: forged requests to one must not delay the rotation of another. */
const renewedAt = new Map<string, number>();
const failedAt = new Map<string, number>();

/**
 * The credentials of a source: its secret is JSON, one entry or a list of two while one is being rotated.
 * @throws Refusal unavailable, if the secret has no value yet, cannot be read or cannot be used: the source tries again.
 */
export async function credentialsOf(client: SecretsManagerClient, source: ConfiguredSource, now: Date): Promise<readonly unknown[]> {
  const cached = cache.get(source.name);
  if (cached && now.getTime() < cached.readAt + cacheMs) return cached.credentials;
  if (isRecent(failureMs, failedAt.get(source.name), now)) throw new Refusal("unavailable", "secret failed just now");
  try {
    return (await read(client, source, now)).credentials;
  } catch (error) {
    failedAt.set(source.name, now.getTime());
    throw error;
  }
}

/**
 * The credentials as they are now, for a request that the known ones did not sign: the secret may have changed meanwhile.
 * @returns `undefined` if they are the same, or have just been read, or have been read so within the last minute, or can't be
 */
export async function renewedCredentials(
  client: SecretsManagerClient,
  source: ConfiguredSource,
  now: Date,
): Promise<readonly unknown[] | undefined> {
  const before = cache.get(source.name);
  if (before?.readAt === now.getTime() || isRecent(renewalMs, renewedAt.get(source.name), now)) return undefined;
  renewedAt.set(source.name, now.getTime());
  try {
    const { text, credentials } = await read(client, source, now);
    return text === before?.text ? undefined : credentials;
  } catch (error) {
    logger.error("The signing secret cannot be renewed", { cause: safeDescription(error) });
    return undefined;
  }
}

function isRecent(milliseconds: number, since: number | undefined, now: Date): boolean {
  return since !== undefined && now.getTime() < since + milliseconds;
}

async function read(client: SecretsManagerClient, { name, provider }: ConfiguredSource, now: Date): Promise<Cached> {
  const text = await readSecret(client, secretArns()[name]);
  const cached = { text, credentials: parseCredentials(text, provider), readAt: now.getTime() };
  cache.set(name, cached);
  return cached;
}

function secretArns(): Record<string, string> {
  return JSON.parse(requiredVariable(Variable.sourceSecrets)) as Record<string, string>;
}

async function readSecret(client: SecretsManagerClient, SecretId: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }), inTime());
    return SecretString ?? "";
  } catch (error) {
    logger.error("The signing secret cannot be read", { cause: safeDescription(error) });
    throw new Refusal("unavailable", "secret not readable");
  }
}

/** @throws Refusal unavailable, if the text is not one or two entries of the provider's secret */
function parseCredentials(text: string, provider: Provider): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    const entries = Array.isArray(value) ? value : [value];
    if (entries.length < 1 || entries.length > 2) throw new RangeError("one or two credentials");
    return entries.map((entry) => provider.parseCredential(entry));
  } catch {
    throw new Refusal("unavailable", "secret malformed");
  }
}

/** Forgets every credential. */
export function clearCredentials(): void {
  for (const known of [cache, renewedAt, failedAt]) known.clear();
}
