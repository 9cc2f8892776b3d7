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
/**
 * Name of a header. AWS WAF redacts only headers whose names have at most 64 characters.
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_SingleHeader.html
 */
const header = text(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, "a header name of at most 64 characters").toLowerCase();
const path = text(/^[^.\s]+(\.[^.\s]+)*$/, "keys separated by dots, such as data.id");

/** Describes how a source signs if its provider needs no code. */
const hmac = object(
  {
    header,
    algorithm: choice(hmacAlgorithms),
    encoding: choice(signatureEncodings),
    prefix: text(/./s, "the text before the signature, such as sha256=").optional(),
    signed: text(/./s, "a template with {body}, and with {timestamp} or {id} if there are headers for them"),
    timestampHeader: header.optional(),
    idHeader: header.optional(),
    idPath: path.optional(),
    deliveryHeader: header.optional(),
    typePath: path.optional(),
  },
  "an object",
).superRefine(({ header: signature, signed, timestampHeader, idHeader, idPath, deliveryHeader }, context) => {
  // A header counts only if it is signed. Otherwise, anyone who repeats a request could give it another time or ID. Without text between
  // two placeholders, the end of one value could become the beginning of the next.
  const found = signed.match(/\{[^{}]*\}/g) ?? [];
  const expected = ["{body}", ...(timestampHeader ? ["{timestamp}"] : []), ...(idHeader ? ["{id}"] : [])];
  if ([...found].sort().join() !== [...expected].sort().join() || signed.includes("}{"))
    context.addIssue({ code: "custom", path: ["signed"], message: templateOf(expected) });
  if (idHeader && idPath)
    context.addIssue(contradiction(["idHeader"], "is set together with idPath, but an event has one ID. Remove one of the two."));
  if (deliveryHeader === signature)
    context.addIssue(
      contradiction(
        ["deliveryHeader"],
        "is the header of the signature, which differs for each delivery. Use the header of the delivery ID.",
      ),
    );
  if (deliveryHeader && (idHeader || idPath))
    context.addIssue(
      contradiction(["deliveryHeader"], "is set, but is used only for events without an ID. Remove it, or remove idHeader and idPath."),
    );
});

function templateOf(placeholders: readonly string[]): string {
  if (placeholders.length > 1) return `a template with ${placeholders.join(", ")}, each once, and text between them`;
  return `a template with ${placeholders[0]} once. Set timestampHeader or idHeader to use {timestamp} or {id}`;
}

/** Throttles of a source or of the whole stack: requests per minute in the long run, and requests at once. */
export const requestsPerMinute = integer(1, 600_000, "requests");
export const burst = integer(1, 5_000, "requests");

const source = object(
  {
    name: text(
      new RegExp(`^(?=.{1,${longestSourceName}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`),
      `at most ${longestSourceName} lower-case letters, digits and single hyphens, beginning with a letter`,
    ).optional(),
    provider: z.enum(providerNames, {
      error: ({ input }) => `${providerNames.join(", ")}.${didYouMean(String(input), providerNames)}`,
    }),
    hmac: hmac.optional(),
    events: list(
      text(/^[^\s,]{1,256}$/, "an event type without spaces or commas, with * for any part of it, such as payment_intent.*"),
      "a list of event types, such as [payment_intent.*, charge.dispute.*]",
    )
      .min(1, { error: "a list of at least one event type. Without the key, all types are stored" })
      .optional(),
    allowedCidrs: list(
      z.custom<string>(isCidr, { error: "a network in CIDR notation, such as 192.30.252.0/22 or 2a0a:a440::/29" }),
      "a list of networks in CIDR notation, such as [192.30.252.0/22, 2a0a:a440::/29]",
    )
      .min(1, { error: "a list of at least one network. Without the key, any address may send" })
      .optional(),
    testEvents: choice(testEventChoices).optional(),
    throttle: object({ requestsPerMinute: requestsPerMinute.optional(), burst: burst.optional() }, "an object").optional(),
  },
  "a provider's name, or an object",
).transform(({ name, ...rest }) => ({ name: name ?? rest.provider, ...rest }));

/** Schema of `sources`. A string is short for `{ provider: <string> }`; a source without a name is named after its provider. */
export const sourceList = list(
  z.unknown(),
  `a list of at least one source. A source is a provider's name (${codedProviders.join(", ")}) or an object with the key provider and, optionally, name, events, allowedCidrs, testEvents, throttle, hmac`,
).pipe(
  z
    .array(z.preprocess((entry) => withoutForeignHmac(written(entry)), source))
    .min(1, { error: "a list of at least one source, such as [stripe, github]" }),
);

/** Returns an entry of the list as an object: a string is short for its provider. */
const written = (entry: unknown) => (typeof entry === "string" ? { provider: entry } : entry);

const isCoded = (provider: unknown) => codedProviders.some((coded) => coded === provider);

/** Removes `hmac` from a source whose provider needs none: it is wrong as a whole, and `listProblems` reports that. */
function withoutForeignHmac(entry: unknown): unknown {
  if (!isEntry(entry) || !isCoded(entry.provider)) return entry;
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== "hmac"));
}

const isEntry = (entry: unknown): entry is Record<string, unknown> => typeof entry === "object" && entry !== null && !Array.isArray(entry);

/** Returns the problems between sources, and between a source and its provider, even if a source is invalid by itself. */
export function listProblems(given: unknown): string[] {
  const entries = Array.isArray(given) ? given.map(written).map((entry) => (isEntry(entry) ? entry : {})) : [];
  const names = entries.map(({ name, provider }) => name ?? provider);
  const counts = new Map<unknown, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return entries.flatMap(({ provider, hmac: described }, index) => {
    const place = `sources[${index}]`;
    const name = names[index];
    return [
      ...(typeof name === "string" && counts.get(name)! > 1
        ? [
            `${place}.name is ${JSON.stringify(name)}, which another source also has. Give each source its own name, such as {name: ${name}-2, provider: …}.`,
          ]
        : []),
      ...(provider === "hmac" && described === undefined
        ? [problem(`${place}.hmac`, undefined, "a description of how the source signs. See docs/providers.md")]
        : []),
      ...(isCoded(provider) && described !== undefined
        ? [`${place}.hmac is set, but is used only with the provider hmac. Remove it, or set provider to hmac.`]
        : []),
    ];
  });
}

type ListedSource = z.output<typeof source>;

/** A configured source. Settings that it does not have come from the stack. */
export interface Source extends Omit<ListedSource, "throttle"> {
  testEvents: TestEvents;
  throttle: Required<NonNullable<ListedSource["throttle"]>>;
}

/** Completes each source with the stack's settings. */
export function completeSources(sources: ListedSource[], { testEvents, throttle }: Pick<Source, "testEvents" | "throttle">): Source[] {
  return sources.map((own) => ({ ...own, testEvents: own.testEvents ?? testEvents, throttle: { ...throttle, ...own.throttle } }));
}

/** Returns the settings that the functions get, by the source's name. */
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
