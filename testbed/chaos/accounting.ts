import { Status } from "../../domain/event";
import type { Sort } from "./plan";
import type { Sending } from "./traffic";

/** An item of the table, as far as it is accounted for. */
export interface Stored {
  transactionId: string;
  status: string;
  payload: string;
  error: string | undefined;
  requeues: number;
}

/** An event's dead letter, as it was taken out of the queue. */
export interface DeadLetterSeen {
  transactionId: string;
  error: string;
}

/** What can be seen of the pipeline from outside, once it has come to rest. */
export interface Evidence {
  sendings: readonly Sending[];
  stored: readonly Stored[];
  deadLetters: readonly DeadLetterSeen[];
  /** Transaction ids that a subscriber of the event bus has got. */
  published: ReadonlySet<string>;
}

export interface Discrepancy {
  /** The event, or the request where it has no id. */
  id: string;
  what: string;
}

/** What each sort of request must be answered with. */
const expectedStatus: Record<Sort, number> = { genuine: 202, forged: 401, stale: 401, malformed: 400 };

/** Everything that does not add up; nothing of it is excused by what was done to the pipeline. */
export function faultsIn(evidence: Evidence): Discrepancy[] {
  return [...wrongResponses(evidence), ...wrongIds(evidence), ...lost(evidence), ...wronglyStored(evidence), ...unsettled(evidence)];
}

function wrongResponses({ sendings }: Evidence): Discrepancy[] {
  return sendings
    .filter(({ delivery, status }) => status !== expectedStatus[delivery.sort])
    .map(({ delivery, status }) => ({
      id: delivery.transactionId ?? `${delivery.provider} without an id`,
      what: `${delivery.sort}, but ${status === undefined ? "never answered" : `answered with ${status}`}`,
    }));
}

/** Finds acknowledgments under another ID: all copies of an event have its one ID. */
function wrongIds({ sendings }: Evidence): Discrepancy[] {
  const ids = new Map<string, Set<string>>();
  for (const { delivery, acknowledgedAs } of sendings) {
    if (delivery.sort !== "genuine" || acknowledgedAs === undefined) continue;
    ids.set(delivery.transactionId!, (ids.get(delivery.transactionId!) ?? new Set()).add(acknowledgedAs));
  }
  return [...ids]
    .filter(([id, given]) => given.size > 1 || !given.has(id))
    .map(([id, given]) => ({ id, what: `acknowledged as ${[...given].join(" and as ")}` }));
}

/** Finds events that a 202 promised and that are nowhere. */
function lost({ sendings, stored }: Evidence): Discrepancy[] {
  const there = new Set(stored.map(({ transactionId }) => transactionId));
  const acknowledged = new Set(sendings.flatMap(({ acknowledgedAs }) => acknowledgedAs ?? []));
  return [...acknowledged].filter((id) => !there.has(id)).map((id) => ({ id, what: "acknowledged, but not in the table" }));
}

function wronglyStored({ sendings, stored }: Evidence): Discrepancy[] {
  const genuine = new Map(
    sendings.filter(({ delivery }) => delivery.sort === "genuine").map(({ delivery }) => [delivery.transactionId!, delivery.body]),
  );
  const seen = new Set<string>();
  return stored.flatMap(({ transactionId: id, payload }) => {
    const twice = seen.has(id);
    seen.add(id);
    if (twice) return [{ id, what: "stored twice" }];
    if (!genuine.has(id)) return [{ id, what: "stored, but never sent by its provider" }];
    return genuine.get(id) === payload ? [] : [{ id, what: "stored with another body than its provider sent" }];
  });
}

/** PROCESSED and published, or FAILED with its dead letter. One beside a PROCESSED event is none: its worker died after it was
 * sent, and the next one succeeded. */
function unsettled({ stored, deadLetters, published }: Evidence): Discrepancy[] {
  const errorsOf = new Map<string, string[]>();
  for (const { transactionId, error } of deadLetters) errorsOf.set(transactionId, [...(errorsOf.get(transactionId) ?? []), error]);
  const there = new Set(stored.map(({ transactionId }) => transactionId));
  const strays = [...errorsOf.keys()]
    .filter((id) => !there.has(id))
    .map((id) => ({ id, what: "has a dead letter, but is not in the table" }));
  const faults = stored.flatMap(({ transactionId: id, status, error }) => {
    const ownErrors = errorsOf.get(id) ?? [];
    if (status === Status.processed) return published.has(id) ? [] : [{ id, what: "PROCESSED, but never published" }];
    if (status !== Status.failed) return [{ id, what: `still ${status}` }];
    if (ownErrors.length === 0) return [{ id, what: "FAILED, but without a dead letter" }];
    return ownErrors.includes(error!) ? [] : [{ id, what: `FAILED with "${error}", but its dead letter says "${ownErrors.join('", "')}"` }];
  });
  return [...strays, ...faults];
}
