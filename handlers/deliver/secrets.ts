import type { AuthChoice } from "../../domain/destinations";
import { namePlaceholder } from "../../domain/names";
import { Variable } from "../../domain/variables";
import { requiredVariable } from "../aws/environment";
import type { JsonClient } from "../aws/jsonClient";
import { SecretCache, type Secret } from "../secretCache";
import type { ConfiguredDestination } from "./settings";

/** Entry of a destination's secret. */
export interface DestinationSecret {
  /** Key with which requests are signed. */
  key: Buffer;
  /** Value of the header Authorization; absent if the destination wants none. */
  authorization?: string;
}

/** Form of a secret of Standard Webhooks: base64 after a prefix. */
const secretForm = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;

/** Form of a text that fits into a header. */
const headerForm = /^[ -~]+$/;

/** Each refusal may read the secret again: with an old one, it would pause the destination, or make dead letters. */
const cache = new SecretCache<DestinationSecret>(0);

/**
 * Returns the entries of a destination's secret, the new one first.
 * @throws Refusal unavailable, if it has no value yet, or cannot be read or parsed
 */
export function secretsOf(client: JsonClient, destination: ConfiguredDestination, now: Date) {
  return cache.entriesOf(client, secretOf(destination), now);
}

/**
 * Reads the secret again, after a refusal: it may have changed.
 * @returns `undefined` unless it has; see `SecretCache`
 */
export function readChangedSecrets(client: JsonClient, destination: ConfiguredDestination, now: Date) {
  return cache.readChanged(client, secretOf(destination), now);
}

/** Clears the cache. */
export function clearSecrets(): void {
  cache.clear();
}

function secretOf({ name, settings }: ConfiguredDestination): Secret<DestinationSecret> {
  const id = requiredVariable(Variable.destinationSecrets).replace(namePlaceholder, name);
  return { owner: name, id, parse: (entry) => parseEntry(entry as Record<string, unknown>, settings.auth) };
}

/** Parses an entry: `{secret, username?, password?, token?}`. @throws Error if it lacks what the destination needs */
export function parseEntry(entry: Record<string, unknown>, auth: AuthChoice): DestinationSecret {
  const [, base64] = secretForm.exec(textIn(entry, "secret")) ?? [];
  if (!base64) throw new RangeError("secret");
  const key = Buffer.from(base64, "base64");
  switch (auth) {
    case "none":
      return { key };
    case "basic":
      return { key, authorization: `Basic ${base64Of(`${textIn(entry, "username")}:${textIn(entry, "password")}`)}` };
    case "bearer":
      return { key, authorization: `Bearer ${textIn(entry, "token", headerForm)}` };
  }
}

const base64Of = (text: string) => Buffer.from(text).toString("base64");

/** Returns a field. @throws RangeError if it is missing or has another form */
function textIn(entry: Record<string, unknown>, name: string, form = /./): string {
  const value = entry[name];
  if (typeof value !== "string" || !form.test(value)) throw new RangeError(name);
  return value;
}
