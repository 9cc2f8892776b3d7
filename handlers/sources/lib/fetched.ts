import { bounds } from "../../request/bounds";
import { Refusal } from "../../errors";

const cacheMs = 60 * 60 * 1000;
const attemptMs = 60 * 1000;
const mostCached = 20;

/** A fetched value. */
export interface Fetched<T> {
  value: T;
  /** Epoch milliseconds until which it is valid. */
  until: number;
}

/** Values by the URLs from which they are fetched. */
export interface FetchedValues<T> {
  /** Returns the value of a URL, fetched once an hour. @throws Refusal of the fetch, or unavailable */
  get(url: string, now: Date): Promise<T>;
  /** Returns the value of a URL, fetched again unless it was fetched within the last minute. @throws Refusal of the fetch */
  renewed(url: string, now: Date): Promise<T>;
}

const clearings: (() => void)[] = [];

/** Returns the end of a value's time in the cache. */
export const cachedUntil = (now: Date): number => now.getTime() + cacheMs;

/**
 * Remembers fetched values, and each attempt for a minute, with its outcome: a forged request may cause one, so a failure is cached, too.
 * @param load fetches and checks a value
 * @param mostUnknown URLs without a value that are fetched per minute, where a request names the URL
 */
export function rememberFetched<T>(load: (url: string, now: Date) => Promise<Fetched<T>>, mostUnknown = Infinity): FetchedValues<T> {
  const cache = new Map<string, Fetched<T>>();
  const attempts = new Map<string, { outcome: Promise<Fetched<T>>; until: number }>();
  clearings.push(() => [cache, attempts].forEach((known) => known.clear()));

  async function loadAndCache(url: string, now: Date): Promise<Fetched<T>> {
    const fetched = await load(url, now);
    if (cache.size >= mostCached) cache.clear();
    cache.set(url, fetched);
    return fetched;
  }

  function attempt(url: string, now: Date): Promise<Fetched<T>> {
    for (const [other, { until }] of attempts) if (until <= now.getTime()) attempts.delete(other);
    const recent = attempts.get(url);
    if (recent) return recent.outcome;
    if (attempts.size >= mostUnknown && !cache.has(url)) throw new Refusal("unavailable", "certificates asked for");
    const outcome = loadAndCache(url, now);
    attempts.set(url, { outcome, until: now.getTime() + attemptMs });
    return outcome;
  }

  async function renewed(url: string, now: Date): Promise<T> {
    const { value, until } = await attempt(url, now);
    if (until <= now.getTime()) throw new Refusal("signature", "certificate out of date");
    return value;
  }

  return {
    renewed,
    async get(url, now) {
      const cached = cache.get(url);
      return cached && cached.until > now.getTime() ? cached.value : renewed(url, now);
    },
  };
}

/** Remembers certificates whose URLs requests name. */
export const rememberCertificates = <T>(load: (url: string, now: Date) => Promise<Fetched<T>>): FetchedValues<T> =>
  rememberFetched(load, bounds.certificatesAMinute);

/** Clears all fetched values. */
export function clearFetched(): void {
  for (const clear of clearings) clear();
}
