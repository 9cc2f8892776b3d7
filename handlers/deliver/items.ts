/** Reads and composes the items of the table of deliveries, for the function and for tools. It makes no call. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import {
  DeliveryAttribute,
  deliveryId,
  DeliveryStatus,
  storedAttempts,
  undeliveredKey,
  type PauseCause,
  type StoredAttempt,
  type Trigger,
} from "../../domain/destinations";
import { text, type Item } from "../events/items";
import type { Counts } from "./breaker";

/** Row of a delivery. */
export interface Row {
  destination: string;
  transactionId: string;
  status: DeliveryStatus;
  generation: string;
  /** Epoch milliseconds. */
  generationAt: number;
  trigger: Trigger;
  /** Attempts in this generation. An attempt that paused the destination is none. */
  attempts: number;
  /** Sum of the intervals after them, as scheduled; absent if nothing was put off. */
  scheduledMs?: number;
  history: readonly StoredAttempt[];
  /** Epoch milliseconds; absent if it is settled. */
  nextAt?: number;
  /** RFC 3339 with milliseconds. */
  since: string;
  /** RFC 3339 with milliseconds; absent while it is OPEN. */
  finishedAt?: string;
  error?: string;
  /** Epoch seconds. */
  expiresAt: number;
}

/** What the index of undelivered rows has of one. */
export type ListedRow = Pick<Row, "transactionId" | "status" | "generation" | "trigger" | "attempts" | "nextAt" | "since" | "error">;

const number = (item: Item, attribute: string) => Number(item[attribute]?.N ?? 0);
const optionalNumber = (item: Item, attribute: string) => (item[attribute] ? number(item, attribute) : undefined);

/** Reads a row, or its entry in the index, as far as the index has it. */
export function listedRowIn(item: Item): ListedRow {
  return {
    transactionId: text(item, DeliveryAttribute.transactionId),
    status: text(item, DeliveryAttribute.status) as DeliveryStatus,
    generation: text(item, DeliveryAttribute.generation),
    trigger: text(item, DeliveryAttribute.trigger) as Trigger,
    attempts: number(item, DeliveryAttribute.attempts),
    nextAt: optionalNumber(item, DeliveryAttribute.nextAt),
    since: text(item, DeliveryAttribute.since),
    error: item[DeliveryAttribute.error]?.S,
  };
}

/** Reads a row. */
export function rowIn(item: Item): Row {
  return {
    ...listedRowIn(item),
    destination: text(item, DeliveryAttribute.destination),
    generationAt: number(item, DeliveryAttribute.generationAt),
    scheduledMs: optionalNumber(item, DeliveryAttribute.scheduledMs),
    history: (item[DeliveryAttribute.history]?.L ?? []).map(({ M = {} }) => unmarshall(M) as StoredAttempt),
    finishedAt: item[DeliveryAttribute.finishedAt]?.S,
    expiresAt: number(item, DeliveryAttribute.expiresAt),
  };
}

/** Composes the item of a row. */
export function itemOf(row: Row): Item {
  const { destination, transactionId, history, status } = row;
  const attributes: Record<string, unknown> = {
    [DeliveryAttribute.id]: deliveryId(destination, transactionId),
    ...Object.fromEntries(Object.entries(row).map(([name, value]) => [DeliveryAttribute[name as keyof Row], value as unknown])),
    [DeliveryAttribute.history]: history.slice(-storedAttempts),
    ...(status !== DeliveryStatus.delivered && { [DeliveryAttribute.undelivered]: undeliveredKey(destination, status) }),
  };
  return marshall(attributes, { removeUndefinedValues: true }) as Record<string, AttributeValue>;
}

/** State of a destination. */
export interface DestinationState extends Counts {
  /** Who has paused it; absent while it sends. */
  paused?: PauseCause;
  /** Why, one sentence; absent while it sends, or if an operator did not say. */
  pauseReason?: string;
  /** RFC 3339 with milliseconds; empty while it sends. */
  pausedAt: string;
  /** When sending began again, epoch milliseconds; 0 if it never paused. */
  resumedAt: number;
  /** Number of the window of the counts. */
  window: number;
}

/** Reads a state. A destination has no item before its first failure or pause. */
export function stateIn(item: Item = {}): DestinationState {
  const paused = text(item, DeliveryAttribute.paused) as PauseCause | "";
  const pauseReason = item[DeliveryAttribute.pauseReason]?.S;
  return {
    ...(paused !== "" && { paused }),
    ...(pauseReason !== undefined && { pauseReason }),
    pausedAt: text(item, DeliveryAttribute.pausedAt),
    resumedAt: number(item, DeliveryAttribute.resumedAt),
    failuresInRow: number(item, DeliveryAttribute.failuresInRow),
    window: number(item, DeliveryAttribute.window),
    windowSent: number(item, DeliveryAttribute.windowSent),
    windowFailed: number(item, DeliveryAttribute.windowFailed),
  };
}
