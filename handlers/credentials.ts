import { GetSecretValueCommand, ResourceNotFoundException, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { sourcePlaceholder } from "../domain/names";
import { Variable } from "../domain/variables";
import { abortAtDeadline } from "./aws/deadline";
import { requiredVariable } from "./aws/environment";
import { Refusal, safeDescription } from "./errors";
import type { Provider } from "./sources/lib/types";
import type { ConfiguredSource } from "./configuredSources";
import { logger } from "./aws/telemetry";

/** Milliseconds that a secret is cached. A rotation is in use everywhere within this time. */
const cacheMs = 5 * 60 * 1000;

/** Milliseconds between two early reads of a secret, so that not every forged request makes a container read it. */
const renewalMs = 60 * 1000;

/** Milliseconds before a secret that could not be read or parsed is read again. An operator's correction waits as long. */
const failureMs = 10 * 1000;

interface Cached {
  /** Value of the secret, to detect that it has changed. */
  text: string;
  credentials: readonly unknown[];
  readAt: number;
}
const cache = new Map<string, Cached>();
/** Keyed by source, so that forged requests to one source do not delay the rotation of another. */
const renewedAt = new Map<string, number>();
const failedAt = new Map<string, number>();
/** Whether a source had no secret; `undefined` if that is not known. */
const presence = new Map<string, { lacks: boolean | undefined; at: number }>();

/**
 * Returns the credentials of a source. Its secret is JSON: one entry, or a list of two during a rotation.
 * @throws Refusal unavailable, if the secret has no value yet, or cannot be read or parsed. The source sends again.
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
 * Tells whether a source has no secret yet. A secret that cannot be used is one, too. Every answer holds for ten seconds, because anyone
 * can ask.
 * @throws Refusal unavailable, if it is not certain
 */
export async function lacksSecret(client: SecretsManagerClient, { name }: ConfiguredSource, now: Date): Promise<boolean> {
  if (cache.has(name)) return false;
  let known = presence.get(name);
  if (!known || !isRecent(failureMs, known.at, now)) {
    known = { lacks: await isAbsent(client, secretOf(name)), at: now.getTime() };
    presence.set(name, known);
  }
  if (known.lacks === undefined) throw new Refusal("unavailable", "secret not readable");
  return known.lacks;
}

/** Tells whether a secret has no value; `undefined` if Secrets Manager does not say. */
async function isAbsent(client: SecretsManagerClient, SecretId: string): Promise<boolean | undefined> {
  try {
    const { SecretString, SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId }), abortAtDeadline());
    // AWS throws if there is no value. MiniStack returns a version without one.
    return SecretString === undefined && SecretBinary === undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return true;
    logger.error("The signing secret cannot be read", { cause: safeDescription(error) });
    return undefined;
  }
}

/**
 * Reads the credentials again, for a request that the cached ones did not sign: the secret may have changed.
 * @returns `undefined` if they are the same, were just read, were read this way within the last minute, or cannot be read
 */
export async function readChangedCredentials(
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
  const text = await readSecret(client, secretOf(name));
  const cached = { text, credentials: parseCredentials(text, provider), readAt: now.getTime() };
  cache.set(name, cached);
  return cached;
}

/** Returns the name of a source's secret. All secrets share one pattern: their ARNs would not fit into the environment. */
function secretOf(source: string): string {
  return requiredVariable(Variable.sourceSecrets).replace(sourcePlaceholder, source);
}

async function readSecret(client: SecretsManagerClient, SecretId: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }), abortAtDeadline());
    return SecretString ?? "";
  } catch (error) {
    logger.error("The signing secret cannot be read", { cause: safeDescription(error) });
    throw new Refusal("unavailable", "secret not readable");
  }
}

/** Parses a secret's value. @throws Refusal unavailable, unless it is one or two entries of the provider's secret */
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

/** Clears the cache. */
export function clearCredentials(): void {
  for (const known of [cache, renewedAt, failedAt, presence]) known.clear();
}
