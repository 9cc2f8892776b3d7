import { isIP } from "node:net";
import type { PipelineConfig } from "./load";
import { configSchema, problem } from "./schema";
import { hmacAlgorithms, providerNames, signatureEncodings, type HmacScheme, type Scheme, type SenderSettings } from "../domain/event";
import { longestSenderName, secretName } from "../domain/names";

/** Whoever may send, and what the receiver knows of it. */
export interface Sender extends SenderSettings {
  /** The last part of its URL; the part of its secret's name that varies. */
  name: string;
}

interface Lists {
  providers: unknown[];
  senders: unknown[];
  keptEvents: Record<string, unknown>;
  allowedNetworks: Record<string, unknown>;
}

const schemes: readonly Scheme[] = [...providerNames, "hmac"];
/** AWS WAF redacts a header by a name of at most 64 characters.
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_SingleHeader.html */
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const path = /^[^.\s]+(\.[^.\s]+)*$/;
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const fitsText = (pattern: RegExp) => (value: unknown) => typeof value === "string" && pattern.test(value);
const oneOf = (values: readonly string[]) => ({ fits: (value: unknown) => values.includes(value as string), allowed: values.join(", ") });
const aHeader = { fits: fitsText(headerName), allowed: "the name of a header, of at most 64 characters" };
const aPath = { fits: fitsText(path), allowed: "keys with dots between, such as data.id" };

/** Each key of a sender's `hmac`. */
const hmacKeys: Record<keyof HmacScheme, { fits: (value: unknown) => boolean; allowed: string; required?: true }> = {
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
export function sendersOf({ providers, senders, keptEvents, allowedNetworks }: Lists, problems: string[]): Sender[] {
  const { allowed, values } = configSchema.providers;
  const known = providers.every((name) => (values as readonly unknown[]).includes(name)) && new Set(providers).size === providers.length;
  if (!known) problems.push(problem("providers", providers, allowed));
  const named = (known ? (providers as Scheme[]) : []).map((name): Sender => ({ name, scheme: name }));
  const all = [...named, ...senders.flatMap((entry, index) => furtherSender(entry, `senders[${index}]`, named, senders, problems))];
  if (all.length === 0 && known && senders.length === 0)
    problems.push("providers and senders are both empty, but one sender at least must be accepted.");
  const events = entriesOf("keptEvents", keptEvents, all, isPattern, problems);
  const networks = entriesOf("allowedNetworks", allowedNetworks, all, isNetwork, problems);
  return all.map((sender) => ({
    ...sender,
    ...(events.has(sender.name) && { events: events.get(sender.name) }),
    ...(networks.has(sender.name) && { networks: networks.get(sender.name) }),
  }));
}

function furtherSender(entry: unknown, at: string, named: Sender[], senders: unknown[], problems: string[]): Sender[] {
  if (!isObject(entry)) {
    problems.push(problem(at, entry, "an object with name and scheme"));
    return [];
  }
  const { name, scheme, hmac, ...rest } = entry;
  const usable = fitsText(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)(name) && (name as string).length <= longestSenderName;
  if (!usable)
    problems.push(
      problem(`${at}.name`, name, `at most ${longestSenderName} lower-case letters, digits and single hyphens, beginning with a letter`),
    );
  const taken = named.some((other) => other.name === name) || senders.filter((other) => asObject(other).name === name).length > 1;
  if (usable && taken) problems.push(`${at}.name is ${JSON.stringify(name)}, which another sender has.`);
  if (!schemes.includes(scheme as Scheme)) problems.push(problem(`${at}.scheme`, scheme, `one of ${schemes.join(", ")}`));
  for (const key of Object.keys(rest)) problems.push(`${at}.${key} is not a key of a sender; the keys are name, scheme, hmac.`);
  if (scheme !== "hmac") {
    if (hmac !== undefined) problems.push(`${at}.hmac is set, but belongs to the scheme hmac alone.`);
    return [{ name: name as string, scheme: scheme as Scheme }];
  }
  return [{ name: name as string, scheme, hmac: hmacOf(asObject(hmac), `${at}.hmac`, problems) }];
}

function hmacOf(given: Record<string, unknown>, at: string, problems: string[]): HmacScheme {
  const before = problems.length;
  for (const key of Object.keys(given)) {
    if (!(key in hmacKeys)) problems.push(`${at}.${key} is not a key of hmac; the keys are ${Object.keys(hmacKeys).join(", ")}.`);
  }
  for (const [key, { fits, allowed, required }] of Object.entries(hmacKeys)) {
    if (given[key] === undefined ? required : !fits(given[key])) problems.push(problem(`${at}.${key}`, given[key], allowed));
  }
  const scheme = given as unknown as HmacScheme;
  if (problems.length === before) checkTemplate(scheme, at, problems);
  const lower = (name: string | undefined) => name?.toLowerCase();
  return {
    ...scheme,
    header: lower(scheme.header)!,
    timestampHeader: lower(scheme.timestampHeader),
    idHeader: lower(scheme.idHeader),
    ...(scheme.deliveryHeader && { deliveryHeader: lower(scheme.deliveryHeader) }),
  };
}

/** What a header says counts only if it is signed: else whoever repeats a request could give it another time or id. Without text between,
 * what ends the one could begin the other. */
function checkTemplate(
  { header, signed, timestampHeader, idHeader, idPath, deliveryHeader }: HmacScheme,
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

/** `{ sender: "one, two" }` or lists, as a map of lists. */
function entriesOf(
  key: "keptEvents" | "allowedNetworks",
  entries: Record<string, unknown>,
  senders: readonly Sender[],
  fits: (value: unknown) => boolean,
  problems: string[],
): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const [name, value] of Object.entries(entries)) {
    const parts = typeof value === "string" ? value.split(",").map((part) => part.trim()) : value;
    if (!senders.some((sender) => sender.name === name))
      problems.push(`${key}.${name} is for a sender that is not accepted; those are ${senders.map((sender) => sender.name).join(", ")}.`);
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

/** The receiver has the senders in its environment: their settings, and the ARNs of their secrets. */
export function checkSettingsFit(
  { senders, region, environmentSuffix }: Pick<PipelineConfig, "senders" | "region" | "environmentSuffix">,
  problems: string[],
): void {
  const arnOf = (name: string) =>
    `arn:aws-us-gov:secretsmanager:${region}:123456789012:secret:${secretName(name, environmentSuffix)}-abcdef`;
  const arns = Object.fromEntries(senders.map(({ name }) => [name, arnOf(name)]));
  const bytes = Buffer.byteLength(JSON.stringify(settingsOf(senders)) + JSON.stringify(arns));
  const most = environmentBytes - reservedBytes;
  if (bytes > most)
    problems.push(
      `providers, senders, keptEvents and allowedNetworks take ${bytes} bytes of the receiver's environment together, but must take at ` +
        `most ${most}: AWS Lambda keeps 4 KB for a function's variables.`,
    );
}

/** What the receiver is told of each sender. */
export function settingsOf(senders: readonly Sender[]): Record<string, SenderSettings> {
  return Object.fromEntries(senders.map(({ name, ...settings }) => [name, settings]));
}
