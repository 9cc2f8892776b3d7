import type { DestinationFilter } from "../../domain/destinations";
import { eventSource } from "../../domain/event";

/**
 * Returns the event pattern of a destination's rule. `*` in an event type stands for any part of it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching
 */
export function eventPattern({ kinds, sources, eventTypes }: DestinationFilter): Record<string, unknown> {
  const detail = {
    ...(sources && { source: sources }),
    ...(eventTypes && { eventType: eventTypes.map(typeMatcher) }),
  };
  return {
    source: [eventSource],
    ...(kinds && { "detail-type": kinds }),
    ...(Object.keys(detail).length > 0 && { detail }),
  };
}

/** Compares a type literally unless it has a wildcard. In a wildcard, EventBridge reads a backslash as an escape. */
function typeMatcher(type: string): string | { wildcard: string } {
  return type.includes("*") ? { wildcard: type.replaceAll("\\", "\\\\") } : type;
}
