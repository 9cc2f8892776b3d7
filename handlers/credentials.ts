import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Variable } from "../contract";
import { requiredVariable } from "./environment";
import { Refusal, safeDescription } from "./errors";
import type { Provider } from "./providers/types";
import { logger } from "./telemetry";

/** How long a secret is used before it is read again: a rotation is in use everywhere within this time. */
const cacheMs = 5 * 60 * 1000;

const cache = new Map<string, { credentials: readonly unknown[]; until: number }>();

/** Whether this stack accepts a provider: only then does it have a secret. */
export function acceptsProvider(name: string): boolean {
  return Object.hasOwn(secretArns(), name);
}

function secretArns(): Record<string, string> {
  return JSON.parse(requiredVariable(Variable.providerSecrets)) as Record<string, string>;
}

/**
 * The credentials of a provider: its secret is JSON, one entry or a list of two while one is being rotated.
 * @throws Refusal unavailable, if the secret has no value yet, cannot be read or cannot be used: the sender tries again.
 */
export async function credentialsOf(
  client: SecretsManagerClient,
  name: string,
  provider: Provider,
  now: Date,
): Promise<readonly unknown[]> {
  const cached = cache.get(name);
  if (cached && cached.until > now.getTime()) return cached.credentials;
  const text = await readSecret(client, secretArns()[name]);
  const credentials = parseCredentials(text, provider);
  cache.set(name, { credentials, until: now.getTime() + cacheMs });
  return credentials;
}

async function readSecret(client: SecretsManagerClient, SecretId: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    return SecretString ?? "";
  } catch (error) {
    logger.error("The signing secret cannot be read", { cause: safeDescription(error) });
    throw new Refusal("unavailable", "secret not readable");
  }
}

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
  cache.clear();
}
