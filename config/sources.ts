import { isIP } from "node:net";
import type { PipelineConfig } from "./load";
import { configSchema, problem } from "./schema";
import {
  hmacAlgorithms,
  codedProviders,
  signatureEncodings,
  type HmacSettings,
  type ProviderName,
  type SourceSettings,
} from "../domain/sources";
import { longestSourceName, secretName } from "../domain/names";

/** Whoever may send, and what the receiver knows of it. */
export interface Source extends SourceSettings {
  /** The last part of its URL; the part of its secret's name that varies. */
  name: string;
}

interface Lists {
  providers: unknown[];
  sources: unknown[];
  keptEvents: Record<string, unknown>;
  allowedNetworks: Record<string, unknown>;
}

const providerNames: readonly ProviderName[] = [...codedProviders, "hmac"];
/** AWS WAF redacts a header by a name of at most 64 characters.
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_SingleHeader.html */
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const path = /^[^.\s]+(\.[^.\s]+)*$/;
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const fitsText = (pattern: RegExp) => (value: unknown) => typeof value === "string" && pattern.test(value);
const oneOf = (values: readonly string[]) => ({ fits: (value: unknown) => values.includes(value as string), allowed: values.join(", ") });
const aHeader = { fits: fitsText(headerName), allowed: "the name of a header, of at most 64 characters" };
const aPath = { fits: fitsText(path), allowed: "keys with dots between, such as data.id" };

/** Each key of a source's `hmac`. */
const hmacKeys: Record<keyof HmacSettings, { fits: (value: unknown) => boolean; allowed: string; required?: true }> = {
  header: { ...aHeader, required: true },
  algorithm: { ...oneOf(hmacAlgorithms), required: true },
  encoding: { ...oneOf(signatureEncodings), required: true },
  prefix: { fits: isText, allowed: "the text before the signature, such as sha256=" },
  signed: { fits: isText, allowed: "a text with {body}, and {timestamp} or {id} where there are headers for them", required: true },
  timestampHeader: aHeader,
  idHeader: aHeader,
  idPath: aPath,
  deliveryHeader: aHeader,
  typePath: aPath,
};

/** Puts together whoever may send. What is wrong is noted among the problems; what is returned may be deployed only if there is none. */
export function sourcesOf({ providers, sources, keptEvents, allowedNetworks }: Lists, problems: string[]): Source[] {
  const { allowed, values } = configSchema.providers;
  const known = providers.every((name) => (values as readonly unknown[]).includes(name)) && new Set(providers).size === providers.length;
  if (!known) problems.push(problem("providers", providers, allowed));
  const named = (known ? (providers as ProviderName[]) : []).map((name): Source => ({ name, provider: name }));
  const all = [...named, ...sources.flatMap((entry, index) => furtherSource(entry, `sources[${index}]`, named, sources, problems))];
  if (all.length === 0 && known && sources.length === 0)
    problems.push("providers and sources are both empty, but one source at least must be accepted.");
  const events = entriesOf("keptEvents", keptEvents, all, isPattern, problems);
  const networks = entriesOf("allowedNetworks", allowedNetworks, all, isNetwork, problems);
  return all.map((source) => ({
    ...source,
    ...(events.has(source.name) && { events: events.get(source.name) }),
    ...(networks.has(source.name) && { allowedCidrs: networks.get(source.name) }),
  }));
}

function furtherSource(entry: unknown, at: string, named: Source[], sources: unknown[], problems: string[]): Source[] {
  if (!isObject(entry)) {
    problems.push(problem(at, entry, "an object with name and provider"));
    return [];
  }
  const { name, provider, hmac, ...rest } = entry;
  const usable = fitsText(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)(name) && (name as string).length <= longestSourceName;
  if (!usable)
    problems.push(
      problem(`${at}.name`, name, `at most ${longestSourceName} lower-case letters, digits and single hyphens, beginning with a letter`),
    );
  const taken = named.some((other) => other.name === name) || sources.filter((other) => asObject(other).name === name).length > 1;
  if (usable && taken) problems.push(`${at}.name is ${JSON.stringify(name)}, which another source has.`);
  if (!providerNames.includes(provider as ProviderName))
    problems.push(problem(`${at}.provider`, provider, `one of ${providerNames.join(", ")}`));
  for (const key of Object.keys(rest)) problems.push(`${at}.${key} is not a key of a source; the keys are name, provider, hmac.`);
  if (provider !== "hmac") {
    if (hmac !== undefined) problems.push(`${at}.hmac is set, but belongs to the provider hmac alone.`);
    return [{ name: name as string, provider: provider as ProviderName }];
  }
  return [{ name: name as string, provider, hmac: hmacOf(asObject(hmac), `${at}.hmac`, problems) }];
}

function hmacOf(given: Record<string, unknown>, at: string, problems: string[]): HmacSettings {
  const before = problems.length;
  for (const key of Object.keys(given)) {
    if (!(key in hmacKeys)) problems.push(`${at}.${key} is not a key of hmac; the keys are ${Object.keys(hmacKeys).join(", ")}.`);
  }
  for (const [key, { fits, allowed, required }] of Object.entries(hmacKeys)) {
    if (given[key] === undefined ? required : !fits(given[key])) problems.push(problem(`${at}.${key}`, given[key], allowed));
  }
  const settings = given as unknown as HmacSettings;
  if (problems.length === before) checkTemplate(settings, at, problems);
  const lower = (name: string | undefined) => name?.toLowerCase();
  return {
    ...settings,
    header: lower(settings.header)!,
    timestampHeader: lower(settings.timestampHeader),
    idHeader: lower(settings.idHeader),
    ...(settings.deliveryHeader && { deliveryHeader: lower(settings.deliveryHeader) }),
  };
}

/** What a header says counts only if it is signed: else whoever repeats a request could give it another time or id. Without text between,
 * what ends the one could begin the other. */
function checkTemplate(
  { header, signed, timestampHeader, idHeader, idPath, deliveryHeader }: HmacSettings,
  at: string,
  problems: string[],
): void {
  const found = signed.match(/\{[^{}]*\}/g) ?? [];
  const expected = ["{body}", ...(timestampHeader ? ["{timestamp}"] : []), ...(idHeader ? ["{id}"] : [])];
  if ([...found].sort().join() !== [...expected].sort().join() || signed.includes("}{"))
    problems.push(problem(`${at}.signed`, signed, `a text with ${expected.join(", ")}, each once, with text between`));
  if (idHeader && idPath) problems.push(`${at}.idHeader and ${at}.idPath are both set, but an event has one id.`);
  if (deliveryHeader && deliveryHeader.toLowerCase() === header.toLowerCase())
    problems.push(`${at}.deliveryHeader is the header of the signature, which is another one at each delivery.`);
  if (deliveryHeader && (idHeader || idPath)) problems.push(`${at}.deliveryHeader is set, but counts only for events without an id.`);
}

/** `{ source: "one, two" }` or lists, as a map of lists. */
function entriesOf(
  key: "keptEvents" | "allowedNetworks",
  entries: Record<string, unknown>,
  sources: readonly Source[],
  fits: (value: unknown) => boolean,
  problems: string[],
): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const [name, value] of Object.entries(entries)) {
    const parts = typeof value === "string" ? value.split(",").map((part) => part.trim()) : value;
    if (!sources.some((source) => source.name === name))
      problems.push(`${key}.${name} is for a source that is not accepted; those are ${sources.map((source) => source.name).join(", ")}.`);
    else if (!Array.isArray(parts) || parts.length === 0 || !parts.every(fits))
      problems.push(problem(`${key}.${name}`, value, allowedEntry[key]));
    else lists.set(name, parts as string[]);
  }
  return lists;
}

const allowedEntry = {
  keptEvents: "event types between commas, * for any part of one, such as payment_intent.*, charge.dispute.*",
  allowedNetworks: "networks in CIDR notation between commas, such as 192.30.252.0/22, 2a0a:a440::/29",
} as const;

const isPattern = fitsText(/^[^\s,]{1,256}$/);

function isNetwork(value: unknown): boolean {
  const [address, length, ...rest] = typeof value === "string" ? value.split("/") : [""];
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  return bits > 0 && rest.length === 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** What the receiver's other variables and the names of all take, at most. */
const reservedBytes = 600;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const environmentBytes = 4_096;

/** The receiver has the sources in its environment: their settings, and the ARNs of their secrets. */
export function checkSettingsFit(
  { sources, region, environmentSuffix }: Pick<PipelineConfig, "sources" | "region" | "environmentSuffix">,
  problems: string[],
): void {
  const arnOf = (name: string) =>
    `arn:aws-us-gov:secretsmanager:${region}:123456789012:secret:${secretName(name, environmentSuffix)}-abcdef`;
  const arns = Object.fromEntries(sources.map(({ name }) => [name, arnOf(name)]));
  const bytes = Buffer.byteLength(JSON.stringify(settingsOf(sources)) + JSON.stringify(arns));
  const most = environmentBytes - reservedBytes;
  if (bytes > most)
    problems.push(
      `providers, sources, keptEvents and allowedNetworks take ${bytes} bytes of the receiver's environment together, but must take at ` +
        `most ${most}: AWS Lambda keeps 4 KB for a function's variables.`,
    );
}

/** What the receiver is told of each source. */
export function settingsOf(sources: readonly Source[]): Record<string, SourceSettings> {
  return Object.fromEntries(sources.map(({ name, ...settings }) => [name, settings]));
}
