import { isIP } from "node:net";
import { z } from "zod";
import { didYouMean, problem } from "./problems";
import { choice, contradiction, integer, list, object, text } from "./values";
import {
  codedProviders,
  hmacAlgorithms,
  signatureEncodings,
  testEventChoices,
  type ProviderName,
  type SourceSettings,
  type TestEvents,
} from "../domain/sources";
import { longestSourceName } from "../domain/names";

const providerNames = [...codedProviders, "hmac"] as const satisfies readonly ProviderName[];
/** AWS WAF redacts a header by a name of at most 64 characters.
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_SingleHeader.html */
const header = text(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, "the name of a header, of at most 64 characters").toLowerCase();
const path = text(/^[^.\s]+(\.[^.\s]+)*$/, "keys with dots between, such as data.id");

/** How a source signs whose provider needs no code. */
const hmac = object(
  {
    header,
    algorithm: choice(hmacAlgorithms),
    encoding: choice(signatureEncodings),
    prefix: text(/./s, "the text before the signature, such as sha256=").optional(),
    signed: text(/./s, "a text with {body}, and {timestamp} or {id} where there are headers for them"),
    timestampHeader: header.optional(),
    idHeader: header.optional(),
    idPath: path.optional(),
    deliveryHeader: header.optional(),
    typePath: path.optional(),
  },
  "an object",
).superRefine(({ header: signature, signed, timestampHeader, idHeader, idPath, deliveryHeader }, context) => {
  // What a header says counts only if it is signed: else whoever repeats a request could give it another time or id. Without text between,
  // what ends the one could begin the other.
  const found = signed.match(/\{[^{}]*\}/g) ?? [];
  const expected = ["{body}", ...(timestampHeader ? ["{timestamp}"] : []), ...(idHeader ? ["{id}"] : [])];
  if ([...found].sort().join() !== [...expected].sort().join() || signed.includes("}{"))
    context.addIssue({ code: "custom", path: ["signed"], message: `a text with ${expected.join(", ")}, each once, with text between` });
  if (idHeader && idPath)
    context.addIssue(contradiction(["idHeader"], "is set beside idPath, but an event has one ID: leave one of the two out."));
  if (deliveryHeader === signature)
    context.addIssue(contradiction(["deliveryHeader"], "is the header of the signature, which differs at each delivery."));
  if (deliveryHeader && (idHeader || idPath))
    context.addIssue(contradiction(["deliveryHeader"], "is set, but counts only for events without an ID."));
});

/** Throttles, for a source and for the whole stack: requests that the API lets through in the long run, and at once. */
export const requestsPerMinute = integer(1, 600_000, "requests");
export const burst = integer(1, 5_000, "requests");

const source = object(
  {
    name: text(
      new RegExp(`^(?=.{1,${longestSourceName}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`),
      `at most ${longestSourceName} lower-case letters, digits and single hyphens, beginning with a letter`,
    ).optional(),
    provider: z.enum(providerNames, {
      error: ({ input }) => `one of ${providerNames.join(", ")}.${didYouMean(String(input), providerNames)}`,
    }),
    hmac: hmac.optional(),
    events: list(
      text(/^[^\s,]{1,256}$/, "an event type, * for any part of it, such as payment_intent.*"),
      "a list of event types, such as [payment_intent.*, charge.dispute.*]",
    )
      .min(1, { error: "a list of at least one event type; without the key, all are kept" })
      .optional(),
    allowedCidrs: list(
      z.custom<string>(isCidr, { error: "a network in CIDR notation, such as 192.30.252.0/22 or 2a0a:a440::/29" }),
      "a list of networks in CIDR notation, such as [192.30.252.0/22, 2a0a:a440::/29]",
    )
      .min(1, { error: "a list of at least one network; without the key, any address may send" })
      .optional(),
    testEvents: choice(testEventChoices).optional(),
    throttle: object({ requestsPerMinute: requestsPerMinute.optional(), burst: burst.optional() }, "an object").optional(),
  },
  "the name of a provider, or an object",
).transform(({ name, ...rest }) => ({ name: name ?? rest.provider, ...rest }));

/** The list of `sources`. A text is short for `{ provider: <text> }`, and a source without a name has its provider's. */
export const sourceList = list(
  z.unknown(),
  `a list of sources, at least one, each the name of a provider (${codedProviders.join(", ")}) or an object with provider and, if wanted, name, events, allowedCidrs, testEvents, throttle, hmac`,
).pipe(
  z
    .array(z.preprocess((entry) => withoutForeignHmac(written(entry)), source))
    .min(1, { error: "a list of at least one source, such as [stripe, github]" }),
);

/** Returns an entry of the list as an object: a text is short for its provider. */
const written = (entry: unknown) => (typeof entry === "string" ? { provider: entry } : entry);

const needsNoDescription = (provider: unknown) => codedProviders.some((coded) => coded === provider);

/** An `hmac` beside a provider that needs none is wrong as a whole, whatever is in it: `listProblems` says so. */
function withoutForeignHmac(entry: unknown): unknown {
  if (!isDescribed(entry) || !needsNoDescription(entry.provider)) return entry;
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== "hmac"));
}

const isDescribed = (entry: unknown): entry is Record<string, unknown> =>
  typeof entry === "object" && entry !== null && !Array.isArray(entry);

/** Returns what entries say about each other, and about their provider, whether or not each of them is right by itself. */
export function listProblems(given: unknown): string[] {
  const entries = Array.isArray(given) ? given.map(written).map((entry) => (isDescribed(entry) ? entry : {})) : [];
  const names = entries.map(({ name, provider }) => name ?? provider);
  const counts = new Map<unknown, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return entries.flatMap(({ provider, hmac: described }, index) => {
    const place = `sources[${index}]`;
    const name = names[index];
    return [
      ...(typeof name === "string" && counts.get(name)! > 1
        ? [
            `${place}.name is ${JSON.stringify(name)}, which another source has: give each a name of its own, such as {name: ${name}-2, provider: …}.`,
          ]
        : []),
      ...(provider === "hmac" && described === undefined
        ? [problem(`${place}.hmac`, undefined, "a description of how the source signs (docs/providers.md)")]
        : []),
      ...(needsNoDescription(provider) && described !== undefined ? [`${place}.hmac is set, but belongs to the provider hmac alone.`] : []),
    ];
  });
}

type ListedSource = z.output<typeof source>;

/** A source as it is configured, with the stack's settings where it has none of its own. */
export interface Source extends Omit<ListedSource, "throttle"> {
  testEvents: TestEvents;
  throttle: Required<NonNullable<ListedSource["throttle"]>>;
}

/** Completes each source with what it does not set itself. */
export function completeSources(sources: ListedSource[], { testEvents, throttle }: Pick<Source, "testEvents" | "throttle">): Source[] {
  return sources.map((own) => ({ ...own, testEvents: own.testEvents ?? testEvents, throttle: { ...throttle, ...own.throttle } }));
}

/** Returns what the receiver is told of each source, by its name. */
export function settingsBySource(sources: readonly Source[]): Record<string, SourceSettings> {
  return Object.fromEntries(
    sources.map(({ name, provider, hmac, events, allowedCidrs, testEvents }) => [
      name,
      { provider, hmac, events, allowedCidrs, ...(testEvents === "ignore" && { testEvents }) },
    ]),
  );
}

function isCidr(value: unknown): boolean {
  const [address, length, ...rest] = typeof value === "string" ? value.split("/") : [""];
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  return bits > 0 && rest.length === 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits));
}
