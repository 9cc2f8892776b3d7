import { namePlaceholder } from "../domain/names";
import { Variable } from "../domain/variables";
import { abortAtDeadline } from "./aws/deadline";
import { requiredVariable } from "./aws/environment";
import type { JsonClient } from "./aws/jsonClient";
import { GetSecretValueCommand } from "./aws/jsonCommands";
import { logger } from "./aws/telemetry";
import type { ConfiguredSource } from "./configuredSources";
import { Refusal, safeDescription } from "./errors";
import { isRecent, SecretCache, type Secret } from "./secretCache";

/** Milliseconds for which the answer holds whether a source has a secret. */
const presenceMs = 10 * 1000;

/** Milliseconds between two early reads of a secret, so that not every forged request makes a container read it. */
const renewalMs = 60 * 1000;

const cache = new SecretCache<unknown>(renewalMs);
/** Whether a source had no secret; `undefined` if that is not known. */
const presence = new Map<string, { lacks: boolean | undefined; at: number }>();

/**
 * Returns the credentials of a source.
 * @throws Refusal unavailable, if its secret has no value yet, or cannot be read or parsed. The source sends again.
 */
export async function credentialsOf(client: JsonClient, source: ConfiguredSource, now: Date): Promise<readonly unknown[]> {
  return cache.entriesOf(client, secretOf(source), now);
}

/**
 * Reads the credentials again, for a request that the cached ones did not sign: the secret may have changed.
 * @returns `undefined` if they are the same, were just read, were read this way within the last minute, or cannot be read
 */
export async function readChangedCredentials(
  client: JsonClient,
  source: ConfiguredSource,
  now: Date,
): Promise<readonly unknown[] | undefined> {
  return cache.readChanged(client, secretOf(source), now);
}

/**
 * Tells whether a source has no secret yet. A secret that cannot be used is one, too. Every answer holds for ten seconds, because anyone
 * can ask.
 * @throws Refusal unavailable, if it is not certain
 */
export async function lacksSecret(client: JsonClient, { name }: ConfiguredSource, now: Date): Promise<boolean> {
  if (cache.has(name)) return false;
  let known = presence.get(name);
  if (!known || !isRecent(presenceMs, known.at, now)) {
    known = { lacks: await isAbsent(client, secretIdOf(name)), at: now.getTime() };
    presence.set(name, known);
  }
  if (known.lacks === undefined) throw new Refusal("unavailable", "secret not readable");
  return known.lacks;
}

/** Tells whether a secret has no value; `undefined` if Secrets Manager does not say. */
async function isAbsent(client: JsonClient, SecretId: string): Promise<boolean | undefined> {
  try {
    const { SecretString, SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId }), abortAtDeadline());
    // AWS throws if there is no value. MiniStack returns a version without one.
    return SecretString === undefined && SecretBinary === undefined;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return true;
    logger.error("The signing secret cannot be read", { cause: safeDescription(error) });
    return undefined;
  }
}

function secretOf({ name, provider }: ConfiguredSource): Secret<unknown> {
  return { owner: name, id: secretIdOf(name), parse: (entry) => provider.parseCredential(entry) };
}

/** Returns the name of a source's secret. All secrets share one pattern: their ARNs would not fit into the environment. */
function secretIdOf(source: string): string {
  return requiredVariable(Variable.sourceSecrets).replace(namePlaceholder, source);
}

/** Clears the cache. */
export function clearCredentials(): void {
  cache.clear();
  presence.clear();
}
