import type { Input } from "@pulumi/pulumi";
import { isIP } from "node:net";
import { z } from "zod";
import {
  authChoices,
  concurrencyBounds,
  destinationTypes,
  longestDestinationName,
  payloadChoices,
  type DestinationFilter,
  type DestinationSettings,
} from "../domain/destinations";
import { kinds } from "../domain/event";
import { listenerPrefix } from "../domain/names";
import { choice, contradiction, integer, list, object, text } from "./values";

const webAddress = "an https URL with a host name, without user name, password and fragment, such as https://orders.example.com/webhooks";

const filters = {
  kinds: list(z.enum(kinds, { error: kinds.join(", ") }), "a list of kinds, such as [refund, dispute]")
    .min(1, { error: "a list of at least one kind. Without the key, all are sent" })
    .optional()
    .describe("Sends only events of these kinds."),
  sources: list(z.string({ error: "the name of a source" }), "a list of names of sources, such as [stripe]")
    .min(1, { error: "a list of at least one source. Without the key, all are sent" })
    .optional()
    .describe("Sends only events of these sources."),
  eventTypes: list(
    text(/^(?!.*\*\*)[^\s,]{1,256}$/, "an event type without spaces or commas, with * for any part of it, such as payment_intent.*"),
    "a list of event types, such as [payment_intent.*, charge.dispute.*]",
  )
    .min(1, { error: "a list of at least one event type. Without the key, all are sent" })
    .optional()
    .describe("Sends only events of these types. * stands for any part of a type."),
};

/**
 * Most roles that may read a queue. SQS allows 50 principals in a policy; the others are EventBridge, and everybody without TLS.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 */
const mostConsumerRoles = 48;

/** Schema of one of `destinations`. */
export const destinationSchema = object(
  {
    name: text(
      new RegExp(`^(?!${listenerPrefix})[a-z][a-z0-9-]{0,${longestDestinationName - 1}}$`),
      `at most ${longestDestinationName} lower-case letters, digits and hyphens, beginning with a letter, but not with ${listenerPrefix}`,
    ).describe("Names the rule, the queue, the secret and the alarms."),
    type: choice(destinationTypes).prefault("https").describe("https: the pipeline posts events. queue: your services poll a queue."),
    url: z
      .string({ error: webAddress })
      .refine(isWebAddress, { error: webAddress })
      .meta({ allowed: webAddress })
      .optional()
      .describe("Where events are posted to. It is no secret. Required with the type https."),
    ...filters,
    payload: choice(payloadChoices).optional().describe("What a request contains beside IDs and classification. Without it, nothing."),
    timeoutSeconds: integer(1, 30, "seconds").optional().describe("Seconds within which your service must answer. Without it, 15."),
    maxConcurrency: integer(concurrencyBounds.fewest, concurrencyBounds.most, "requests at once")
      .optional()
      .describe("Requests at once. Without it, 2."),
    maxPerSecond: integer(1, 1_000, "requests per second").optional().describe("Requests per second. Without it, there is no limit."),
    retryHours: integer(1, 168, "hours").optional().describe("Hours for which a delivery is tried again. Without it, 72."),
    auth: choice(authChoices).optional().describe("Adds Authorization: Basic or Bearer, with the values in the destination's secret."),
    consumerRoles: list(
      text(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, "the ARN of a role, such as arn:aws:iam::123456789012:role/orders"),
      "a list of ARNs of roles",
    )
      .max(mostConsumerRoles, { error: `at most ${mostConsumerRoles} roles, because the policy of a queue has at most 50 principals` })
      .optional()
      .describe("ARNs of the roles that may read the queue, with the type queue. They must exist."),
  },
  "an object",
).check((context) => {
  const { type, url } = context.value;
  const refuse = (key: string, message: string) => context.issues.push({ ...contradiction([key], message), input: context.value });
  if (type === "https" && url === undefined) refuse("url", `is missing. Allowed: ${webAddress}.`);
  const foreign = type === "https" ? (["consumerRoles"] as const) : deliveryKeys;
  for (const key of foreign)
    if (context.value[key] !== undefined) refuse(key, `is set, but a destination of the type ${type} does not use it. Remove it.`);
});

/** Keys of a destination to which the pipeline posts. */
const deliveryKeys = ["url", "payload", "timeoutSeconds", "maxConcurrency", "maxPerSecond", "retryHours", "auth"] as const;

/** Schema of `destinations`. */
export const destinationList = list(
  destinationSchema,
  "a list of destinations, such as [{name: orders, url: https://orders.example.com/webhooks}]",
);

type ListedDestination = z.output<typeof destinationSchema>;

/** A destination to which the pipeline posts events. */
export interface HttpsDestination extends DestinationFilter, DestinationSettings {
  name: string;
  type: "https";
}

/** A destination whose consumers poll its queue. */
export interface QueueDestination extends DestinationFilter {
  name: string;
  type: "queue";
  /** ARNs of the roles that may read the queue. */
  consumerRoles: readonly Input<string>[];
}

/** A configured destination, with its defaults. */
export type Destination = HttpsDestination | QueueDestination;

/** Completes a destination with the defaults. */
export function completeDestination({ name, type, kinds, sources, eventTypes, ...rest }: ListedDestination): Destination {
  const filter = { name, ...(kinds && { kinds }), ...(sources && { sources }), ...(eventTypes && { eventTypes }) };
  if (type === "queue") return { ...filter, type, consumerRoles: rest.consumerRoles ?? [] };
  const { url = "", payload = "none", timeoutSeconds = 15, maxConcurrency = 2, maxPerSecond, retryHours = 72, auth = "none" } = rest;
  const limit = maxPerSecond === undefined ? {} : { maxPerSecond };
  return { ...filter, type, url, payload, timeoutSeconds, maxConcurrency, ...limit, retryHours, auth };
}

/** Tells whether the pipeline posts events to a destination itself. */
export const isHttps = (destination: Destination): destination is HttpsDestination => destination.type === "https";

/** Returns the ARNs of all roles that may read a destination's queue, each once: first those that are known, in order. */
export function consumerRoles(destinations: readonly Destination[]): Input<string>[] {
  const roles = [...new Set(destinations.flatMap((destination) => (isHttps(destination) ? [] : destination.consumerRoles)))];
  const known = roles.filter((role) => typeof role === "string").sort();
  return [...known, ...roles.filter((role) => typeof role !== "string")];
}

/** Returns the settings that `deliver` gets, by the destination's name. */
export function settingsByDestination(destinations: readonly Destination[]): Record<string, DestinationSettings> {
  return Object.fromEntries(
    destinations
      .filter(isHttps)
      .map(({ name, url, payload, timeoutSeconds, maxConcurrency, maxPerSecond, retryHours, auth }) => [
        name,
        { url, payload, timeoutSeconds, maxConcurrency, ...(maxPerSecond !== undefined && { maxPerSecond }), retryHours, auth },
      ]),
  );
}

/** Most characters of a URL: what services accept. */
const longestUrl = 2_048;
/** Most characters of a label in DNS. @see https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const longestLabel = 63;

/**
 * Tells whether a destination may have this URL. An IP address would bypass the resolution in which private ones are refused. White space and
 * backslashes are mistakes that `URL` would mend silently; nothing listens at port 0.
 */
function isWebAddress(value: string): boolean {
  if (!URL.canParse(value) || value.length > longestUrl || /[#\s\\]/.test(value)) return false;
  const { protocol, username, password, hostname, port } = new URL(value);
  return protocol === "https:" && username === "" && password === "" && port !== "0" && isIP(hostname) === 0 && isPublicName(hostname);
}

/** Tells whether a host can have a public name: at least two labels, none empty or too long for DNS, and not one that always means the machine itself. */
function isPublicName(hostname: string): boolean {
  const labels = hostname.split(".");
  return labels.length > 1 && labels.every(({ length }) => length > 0 && length <= longestLabel) && labels.at(-1) !== "localhost";
}
