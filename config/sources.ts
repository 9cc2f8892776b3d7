import { isIP } from "node:net";
import { z } from "zod";
import { didYouMean, problem } from "./problems";
import { choice, integer, list, object, text } from "./values";
import { catalogProviders, descriptionOf } from "../domain/catalog";
import { signsBody, type ProviderDescription } from "../domain/description";
import { codedProviders, testEventChoices, type SourceSettings, type TestEvents } from "../domain/sources";
import { descriptionSchema } from "./description";
import { longestSourceName } from "../domain/names";

const providerNames = [...codedProviders, ...catalogProviders, "custom"] as [string, ...string[]];

/** Throttles of a source or of the whole stack: requests per minute in the long run, and requests at once. */
export const requestsPerMinute = integer(1, 6_000_000, "requests");
export const burst = integer(1, 50_000, "requests");

/** Schema of one of `sources`, written as an object. */
export const sourceSchema = object(
  {
    name: text(
      new RegExp(`^(?=.{1,${longestSourceName}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`),
      `at most ${longestSourceName} lower-case letters, digits and single hyphens, beginning with a letter`,
    )
      .optional()
      .describe("Name in URL, secret, transaction ID and metrics. Without it, the provider's name."),
    provider: z
      .enum(providerNames, {
        error: ({ input }) =>
          `${codedProviders.join(", ")}, custom, or one of the ${catalogProviders.length} of the catalog (docs/providers.md).${didYouMean(String(input), providerNames)}`,
      })
      .describe("Whose scheme the source signs with: a name of the catalog (docs/providers.md), or custom."),
    description: descriptionSchema
      .optional()
      .describe("How the source signs and where its events say what they are, with the provider custom (docs/providers.md)."),
    unsigned: z
      .literal(true, { error: "true, or nothing" })
      .optional()
      .describe("true: you accept that the provider does not sign its events. Their kind is other."),
    events: list(
      text(/^[^\s,]{1,256}$/, "an event type without spaces or commas, with * for any part of it, such as payment_intent.*"),
      "a list of event types, such as [payment_intent.*, charge.dispute.*]",
    )
      .min(1, { error: "a list of at least one event type. Without the key, all types are stored" })
      .optional()
      .describe("Event filter: types that are stored. * stands for any part of a type. Other events are acknowledged and counted."),
    allowedCidrs: list(
      z.custom<string>(isCidr, { error: "a network in CIDR notation, such as 192.30.252.0/22 or 2a0a:a440::/29" }),
      "a list of networks in CIDR notation, such as [192.30.252.0/22, 2a0a:a440::/29]",
    )
      .min(1, { error: "a list of at least one network. Without the key, any address may send" })
      .optional()
      .describe("CIDR blocks that may send requests. Without it, every address may send."),
    testEvents: choice(testEventChoices)
      .optional()
      .describe("What to do with test events of this source. Without it, what the pipeline does."),
    throttle: object({ requestsPerMinute: requestsPerMinute.optional(), burst: burst.optional() }, "an object")
      .optional()
      .describe("Requests that the API accepts from this source: requestsPerMinute in the long run, burst at once."),
  },
  "a provider's name, or an object",
).transform(({ name, description, ...rest }) => {
  const described: ProviderDescription | undefined = catalogProviders.includes(rest.provider) ? descriptionOf(rest.provider) : description;
  return { name: name ?? rest.provider, ...rest, ...(described && { description: described }) };
});

/** Schema of `sources`. A string is short for `{ provider: <string> }`; a source without a name is named after its provider. */
export const sourceList = list(
  z.unknown(),
  `a list of at least one source. A source is a provider's name, such as stripe, or an object with the key provider and, optionally, name, events, allowedCidrs, testEvents, throttle, unsigned and description`,
).pipe(
  z
    .array(z.preprocess((entry) => withoutForeignDescription(written(entry)), sourceSchema))
    .min(1, { error: "a list of at least one source, such as [stripe, github]" }),
);

/** Returns an entry of the list as an object: a string is short for its provider. */
const written = (entry: unknown) => (typeof entry === "string" ? { provider: entry } : entry);

const isNamed = (provider: unknown) => provider !== "custom" && providerNames.some((name) => name === provider);

/** Removes `description` from a source whose provider needs none: it is wrong as a whole, and `listProblems` reports that. */
function withoutForeignDescription(entry: unknown): unknown {
  if (!isEntry(entry) || !isNamed(entry.provider)) return entry;
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== "description"));
}

const isEntry = (entry: unknown): entry is Record<string, unknown> => typeof entry === "object" && entry !== null && !Array.isArray(entry);

/** Returns the problems between sources, and between a source and its provider, even if a source is invalid by itself. */
export function listProblems(given: unknown): string[] {
  const entries = Array.isArray(given) ? given.map(written).map((entry) => (isEntry(entry) ? entry : {})) : [];
  const names = entries.map(({ name, provider }) => name ?? provider);
  const counts = new Map<unknown, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return entries.flatMap(({ provider, description, unsigned }, index) => {
    const place = `sources[${index}]`;
    const name = names[index];
    const catalogued = catalogProviders.includes(provider as string) ? descriptionOf(provider as string) : undefined;
    const used = catalogued ?? (provider === "custom" && hasVerify(description) ? description : undefined);
    return [
      ...(typeof name === "string" && counts.get(name)! > 1
        ? [
            `${place}.name is ${JSON.stringify(name)}, which another source also has. Give each source its own name, such as {name: ${name}-2, provider: …}.`,
          ]
        : []),
      ...(provider === "custom" && description === undefined
        ? [problem(`${place}.description`, undefined, "a description of how the source signs. See docs/providers.md")]
        : []),
      ...(isNamed(provider) && description !== undefined
        ? [`${place}.description is set, but is used only with the provider custom. Remove it, or set provider to custom.`]
        : []),
      ...(used && !signsBody(used) && unsigned !== true
        ? [`${place} does not sign its events: a token proves nothing about the body. Set unsigned: true if you accept that.`]
        : []),
    ];
  });
}

const hasVerify = (value: unknown): value is ProviderDescription =>
  isEntry(value) &&
  isEntry(value.verify) &&
  ("signed" in value.verify ? typeof value.verify.signed === "string" : value.verify.scheme !== "hmac");

type ListedSource = z.output<typeof sourceSchema>;

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
    sources.map(({ name, provider, description, events, allowedCidrs, testEvents }) => [
      name,
      { provider, description, events, allowedCidrs, ...(testEvents === "ignore" && { testEvents }) },
    ]),
  );
}

function isCidr(value: unknown): boolean {
  const [address, length, ...rest] = typeof value === "string" ? value.split("/") : [""];
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  return bits > 0 && rest.length === 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits));
}
