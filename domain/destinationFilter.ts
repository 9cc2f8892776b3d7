/** Decides which events a destination gets: the pattern of its rule on the event bus, and the same decision for events of the table. */
import type { DestinationFilter } from "./destinations";
import { eventSource, type Kind, type ProcessedEvent } from "./event";

/** Event pattern of a rule on the event bus. */
export interface EventPattern {
  source: readonly [typeof eventSource];
  "detail-type"?: readonly Kind[];
  detail?: { source?: readonly string[]; eventType?: readonly (string | Matcher)[] };
}

/** Value of which only a part is given. In a wildcard `*` stands for any characters, also none, and a backslash makes the next one literal. */
type Matcher = { prefix: string } | { suffix: string } | { wildcard: string };

/**
 * Most characters of a rule's pattern, and most rules of a bus whose patterns have wildcards. AWS raises the second one for nobody.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const patternBounds = { characters: 2_048, wildcardRules: 30 } as const;

/**
 * Returns the pattern of a rule that passes the events of a filter. The comparison is exact, also in upper and lower case.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function eventPattern({ kinds, sources, eventTypes }: DestinationFilter): EventPattern {
  const types = eventTypes?.includes(anything) ? undefined : eventTypes?.map(valueOf);
  const detail = { ...(sources && { source: sources }), ...(types && { eventType: types }) };
  return {
    source: [eventSource],
    ...(kinds && { "detail-type": kinds }),
    ...(Object.keys(detail).length > 0 && { detail }),
  };
}

/** Event type that stands for all of them. */
const anything = "*";

/** Returns a matcher of the pattern. Few rules may have wildcards, so a `*` at one end alone is written without. */
function valueOf(eventType: string): string | Matcher {
  const [start, end, ...more] = eventType.split("*");
  if (end === undefined) return eventType;
  if (more.length === 0 && end === "") return { prefix: start };
  if (more.length === 0 && start === "") return { suffix: end };
  return { wildcard: eventType.replaceAll("\\", String.raw`\\`) };
}

/** Tells whether the rule of a filter counts as one with wildcards. */
export const hasWildcards = (filter: DestinationFilter): boolean =>
  eventPattern(filter).detail?.eventType?.some((value) => typeof value === "object" && "wildcard" in value) ?? false;

/** Tells whether the rule of a filter passes an event. */
export function passes(
  { kinds, sources, eventTypes }: DestinationFilter,
  { kind, source, eventType }: Pick<ProcessedEvent, "source" | "eventType" | "kind">,
): boolean {
  return (
    (kinds?.includes(kind) ?? true) &&
    (sources?.includes(source) ?? true) &&
    (eventTypes?.some((wanted) => withWildcards(wanted).test(eventType)) ?? true)
  );
}

/** Returns the expression that matches what an event type with `*` stands for. */
function withWildcards(eventType: string): RegExp {
  const literals = eventType.split("*").map((part) => part.replace(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${literals.join(".*")}$`, "su");
}
