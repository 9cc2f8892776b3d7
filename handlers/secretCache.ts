import { abortAtDeadline } from "./aws/deadline";
import type { JsonClient } from "./aws/jsonClient";
import { GetSecretValueCommand } from "./aws/jsonCommands";
import { logger } from "./aws/telemetry";
import { Refusal, safeDescription } from "./errors";

/** Milliseconds that a secret is cached. A rotation is in use everywhere within this time. */
const cacheMs = 5 * 60 * 1000;

/** Milliseconds before a secret that could not be read or parsed is read again. An operator's correction waits as long. */
const failureMs = 10 * 1000;

/** Secret in Secrets Manager. Its value is JSON: one entry, or a list of two during a rotation, the new one first. */
export interface Secret<Entry> {
  /** Whose secret it is: its key in the cache. */
  owner: string;
  /** Its name or ARN. */
  id: string;
  /** Parses an entry. @throws Error if it has another form */
  parse: (entry: unknown) => Entry;
}

interface Cached<Entry> {
  /** Value of the secret, to detect that it has changed. */
  text: string;
  entries: readonly Entry[];
  readAt: number;
}

/** Reads secrets, and keeps their values for a while. */
export class SecretCache<Entry> {
  readonly #cache = new Map<string, Cached<Entry>>();
  /** Keyed by owner, so that forged requests to one source do not delay the rotation of another. */
  readonly #renewedAt = new Map<string, number>();
  readonly #failedAt = new Map<string, number>();

  /** @param renewalMs milliseconds between two early reads of a secret */
  constructor(private readonly renewalMs: number) {}

  /**
   * Returns the entries of a secret.
   * @throws Refusal unavailable, if it has no value yet, or cannot be read or parsed
   */
  async entriesOf(client: JsonClient, secret: Secret<Entry>, now: Date): Promise<readonly Entry[]> {
    const cached = this.#cache.get(secret.owner);
    if (cached && now.getTime() < cached.readAt + cacheMs) return cached.entries;
    if (isRecent(failureMs, this.#failedAt.get(secret.owner), now)) throw new Refusal("unavailable", "secret failed just now");
    try {
      return (await this.#read(client, secret, now)).entries;
    } catch (error) {
      this.#failedAt.set(secret.owner, now.getTime());
      throw error;
    }
  }

  /**
   * Reads a secret again because its cached entries did not fit: it may have changed.
   * @returns `undefined` if they are the same, were just read, were read this way not long ago, or cannot be read
   */
  async readChanged(client: JsonClient, secret: Secret<Entry>, now: Date): Promise<readonly Entry[] | undefined> {
    const before = this.#cache.get(secret.owner);
    if (before?.readAt === now.getTime() || isRecent(this.renewalMs, this.#renewedAt.get(secret.owner), now)) return undefined;
    this.#renewedAt.set(secret.owner, now.getTime());
    try {
      const { text, entries } = await this.#read(client, secret, now);
      return text === before?.text ? undefined : entries;
    } catch (error) {
      logger.error("The signing secret cannot be renewed", { cause: safeDescription(error) });
      return undefined;
    }
  }

  /** Tells whether a value of the owner's secret is cached. */
  has(owner: string): boolean {
    return this.#cache.has(owner);
  }

  clear(): void {
    for (const known of [this.#cache, this.#renewedAt, this.#failedAt]) known.clear();
  }

  async #read(client: JsonClient, { owner, id, parse }: Secret<Entry>, now: Date): Promise<Cached<Entry>> {
    const text = await readSecret(client, id);
    const cached = { text, entries: parseEntries(text, parse), readAt: now.getTime() };
    this.#cache.set(owner, cached);
    return cached;
  }
}

/** Tells whether less than so many milliseconds have passed since a time. */
export function isRecent(milliseconds: number, since: number | undefined, now: Date): boolean {
  return since !== undefined && now.getTime() < since + milliseconds;
}

async function readSecret(client: JsonClient, SecretId: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }), abortAtDeadline());
    return SecretString ?? "";
  } catch (error) {
    logger.error("The signing secret cannot be read", { cause: safeDescription(error) });
    throw new Refusal("unavailable", "secret not readable");
  }
}

/** Parses a secret's value. @throws Refusal unavailable, unless it is one or two entries */
function parseEntries<Entry>(text: string, parse: (entry: unknown) => Entry): readonly Entry[] {
  try {
    const value: unknown = JSON.parse(text);
    const entries: unknown[] = Array.isArray(value) ? value : [value];
    if (entries.length < 1 || entries.length > 2) throw new RangeError("one or two entries");
    return entries.map((entry) => parse(entry));
  } catch {
    throw new Refusal("unavailable", "secret malformed");
  }
}
