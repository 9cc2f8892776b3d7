import type { ListedEvent } from "../cli/events/listed";
import type { PreviewedEvent } from "./previewed";

/** What has become of redriven events. */
export interface RedriveOutcome {
  processed: number;
  /** Those that failed once more, as the feed tells of them. */
  failedAgain: ListedEvent[];
  /** Those of which the feed has told no end yet. */
  waiting: number;
}

/**
 * Sums up what has become of redriven events.
 * @param events as they were before the redrive
 * @param changed events as the feed last had them
 */
export function redriveOutcomeOf(events: readonly PreviewedEvent[], changed: ReadonlyMap<string, ListedEvent>): RedriveOutcome {
  const now = events.map((event) => ({ before: event, event: changed.get(event.transactionId) }));
  const processed = now.filter(({ event }) => event?.status === "PROCESSED").length;
  // The feed may still tell of the failure before: the end of a later one is another time.
  const failedAgain = now.flatMap(({ before, event }) =>
    event?.status === "FAILED" && event.finishedAt !== before.finishedAt ? [event] : [],
  );
  return { processed, failedAgain, waiting: events.length - processed - failedAgain.length };
}
