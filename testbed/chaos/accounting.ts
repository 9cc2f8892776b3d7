import { DeliveryStatus } from "../../domain/destinations";
import { indexes, Status } from "../../domain/event";
import type { Sort } from "./plan";
import type { Sending } from "./traffic";

/** The accounted part of an item. */
export interface Stored {
  transactionId: string;
  status: string;
  payload: string;
  error: string | undefined;
  requeues: number;
}

/** An event's dead letter, received from the queue. */
export interface DeadLetterSeen {
  transactionId: string;
  error: string;
}

export type IndexName = keyof typeof indexes;
/** Transaction IDs in each index. */
export type Indexed = Readonly<Record<IndexName, readonly string[]>>;

/** What became of deliveries, seen from outside. */
export interface Deliveries {
  /** Number of times that the service accepted each event. */
  accepted: ReadonlyMap<string, number>;
  /** Status of each row, by transaction ID. */
  rows: ReadonlyMap<string, string>;
  /** Deliveries whose signature is wrong. */
  unsigned: number;
}

/** The pipeline seen from outside, once it is idle. */
export interface Evidence {
  sendings: readonly Sending[];
  stored: readonly Stored[];
  indexed: Indexed;
  deadLetters: readonly DeadLetterSeen[];
  /** Transaction IDs that a subscriber of the event bus received. */
  published: ReadonlySet<string>;
  deliveries: Deliveries;
}

export interface Discrepancy {
  /** Transaction ID, or a description of a request without one. */
  id: string;
  what: string;
}

/** Status that each sort of request must get. */
const expectedStatus: Record<Sort, number> = { genuine: 202, forged: 401, stale: 401, malformed: 400 };

/** Lists every discrepancy. No disturbance excuses one. */
export function faultsIn(evidence: Evidence): Discrepancy[] {
  return [
    ...wrongResponses(evidence),
    ...wrongIds(evidence),
    ...lost(evidence),
    ...wronglyStored(evidence),
    ...wronglyIndexed(evidence),
    ...unsettled(evidence),
    ...faultsOfDeliveries(evidence),
  ];
}

function wrongResponses({ sendings }: Evidence): Discrepancy[] {
  return sendings
    .filter(({ delivery, status }) => status !== expectedStatus[delivery.sort])
    .map(({ delivery, status }) => ({
      id: delivery.transactionId ?? `${delivery.provider} without an ID`,
      what: `${delivery.sort}, but ${status === undefined ? "never answered" : `answered with ${status}`}`,
    }));
}

/** Lists events whose copies were acknowledged under other IDs. */
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

/** Lists acknowledged events that are not in the table. */
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

/** Lists events that are missing in an index of their status, or are in one of another status. */
function wronglyIndexed({ stored, indexed }: Evidence): Discrepancy[] {
  const belongs: Record<IndexName, (status: string) => boolean> = {
    open: (status) => status === Status.received || status === Status.processing,
    byTime: (status) => status === Status.processed || status === Status.failed,
    failed: (status) => status === Status.failed,
  };
  return (Object.keys(belongs) as IndexName[]).flatMap((name) => {
    const there = new Set(indexed[name]);
    const expected = new Set(stored.filter(({ status }) => belongs[name](status)).map(({ transactionId }) => transactionId));
    const missing = [...expected].filter((id) => !there.has(id)).map((id) => ({ id, what: `not in the index ${indexes[name].name}` }));
    const extra = indexed[name].filter((id) => !expected.has(id)).map((id) => ({ id, what: `in the index ${indexes[name].name}` }));
    return [...missing, ...extra];
  });
}

/** Lists events that are neither PROCESSED and published nor FAILED with a dead letter. A dead letter of a PROCESSED event is allowed: its
 * worker died after sending it, and the next one succeeded. */
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

/** Lists events that did not reach the service, or whose row does not say so, and deliveries of what is not PROCESSED. */
function faultsOfDeliveries({ stored, deliveries }: Evidence): Discrepancy[] {
  const { accepted, rows, unsigned } = deliveries;
  const processed = new Set(stored.filter(({ status }) => status === Status.processed).map(({ transactionId }) => transactionId));
  return [
    ...[...processed].filter((id) => !accepted.has(id)).map((id) => ({ id, what: "PROCESSED, but never delivered" })),
    ...[...accepted.keys()].filter((id) => !processed.has(id)).map((id) => ({ id, what: "delivered, but not PROCESSED" })),
    ...[...rows]
      .filter(([, status]) => status === DeliveryStatus.open)
      .map(([id]) => ({ id, what: "delivered, but its delivery is still OPEN" })),
    ...[...rows].filter(([, status]) => status === DeliveryStatus.failed).map(([id]) => ({ id, what: "its delivery is FAILED" })),
    ...(unsigned > 0 ? [{ id: "deliveries", what: `${unsigned} of them had a wrong signature` }] : []),
  ];
}
