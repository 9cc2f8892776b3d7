/** Decides which events a destination gets: the pattern of its rule on the event bus, and the same decision for events of the table. */
import type { DestinationFilter } from "./destinations";
import { eventSource, type Kind, type ProcessedEvent } from "./event";

/** Event pattern of a rule on the event bus. */
export interface EventPattern {
  source: readonly [typeof eventSource];
  "detail-type"?: readonly Kind[];
  detail?: { source?: readonly string[]; eventType?: readonly (string | Wildcard)[] };
}

/** Value in which `*` stands for any characters, also none. A backslash makes the next character literal. */
interface Wildcard {
  wildcard: string;
}

/**
 * Returns the pattern of a rule that passes the events of a filter. The comparison is exact, also in upper and lower case.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function eventPattern({ kinds, sources, eventTypes }: DestinationFilter): EventPattern {
  const detail = { ...(sources && { source: sources }), ...(eventTypes && { eventType: eventTypes.map(valueOf) }) };
  return {
    source: [eventSource],
    ...(kinds && { "detail-type": kinds }),
    ...(Object.keys(detail).length > 0 && { detail }),
  };
}

function valueOf(eventType: string): string | Wildcard {
  return eventType.includes("*") ? { wildcard: eventType.replaceAll("\\", String.raw`\\`) } : eventType;
}

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
