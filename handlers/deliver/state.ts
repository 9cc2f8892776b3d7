import { UpdateItemCommand, type AttributeValue, type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { stateTransitions, stateWrite } from "../../domain/deliveryState";
import type { DeliveryAttribute } from "../../domain/destinations";
import { abortAtDeadline } from "../aws/deadline";
import { dynamodb } from "../aws/dynamodb";
import { ifHolds } from "../aws/ifHolds";
import type { Item } from "../events/items";
import { windowOf, type Counts } from "./breaker";
import { stateIn, type DestinationState } from "./items";
import { keyOf, namesOf, readItem, tableName } from "./table";

/** Reads the state of a destination. It has no item before its first failure or pause. @throws the error of DynamoDB */
export async function readState(destination: string, consistent = false): Promise<DestinationState> {
  return stateIn(await readItem(destination, consistent));
}

/** Milliseconds for which a batch relies on the state that it has read. A pause takes effect that much later. */
const freshMs = 1_000;

/** State of a destination for the messages of a batch: read again after a second, after a failure, and while it is not as usual. */
export class RecentState {
  readonly #destination: string;
  readonly #now: () => number;
  #usual: { state: DestinationState; readAt: number } | undefined;

  constructor(destination: string, now: () => number) {
    this.#destination = destination;
    this.#now = now;
  }

  /** Returns the state. @throws the error of DynamoDB */
  read = async (): Promise<DestinationState> => {
    if (this.#usual && this.#now() - this.#usual.readAt < freshMs) return this.#usual.state;
    const readAt = this.#now();
    const state = await readState(this.#destination);
    this.#usual = state.paused === undefined && state.failuresInRow === 0 ? { state, readAt } : undefined;
    return state;
  };

  /** Forgets it, because it has changed. */
  forget(): void {
    this.#usual = undefined;
  }
}

/** Writes that a destination has accepted something, after failures. */
export async function endFailures(destination: string): Promise<void> {
  await update(destination, { UpdateExpression: "SET #failuresInRow = :zero" }, ["failuresInRow"], { ":zero": { N: "0" } });
}

/**
 * Counts a failure, and the successes before it. The first one in a window begins the counts anew; a late one counts in the window after
 * its own.
 * @returns the counts with it
 */
export async function countFailure(destination: string, before: DestinationState, successes: number, now: number): Promise<Counts> {
  const values = { ":one": { N: "1" }, ":sent": { N: String(successes + 1) } };
  const window = windowOf(now);
  const begun =
    before.window < window &&
    (await update(
      destination,
      {
        ConditionExpression: "attribute_not_exists(#window) OR #window < :window",
        UpdateExpression: "SET #window = :window, #windowSent = :sent, #windowFailed = :one ADD #failuresInRow :one",
      },
      ["window", "windowSent", "windowFailed", "failuresInRow"],
      { ...values, ":window": { N: String(window) } },
    ));
  const counted = await (begun ||
    update(
      destination,
      { UpdateExpression: "ADD #windowSent :sent, #windowFailed :one, #failuresInRow :one" },
      ["windowSent", "windowFailed", "failuresInRow"],
      values,
    ));
  return stateIn(counted || undefined);
}

const pauses = { breaker: stateTransitions.pauseByBreaker, endpoint: stateTransitions.pauseByEndpoint } as const;

/** Pauses a destination. @returns false if it was paused already, for a reason that counts as much */
export async function pause(destination: string, cause: keyof typeof pauses, reason: string, now: number): Promise<boolean> {
  const given = { reason: { S: reason }, now: { S: new Date(now).toISOString() } };
  return (await write(destination, stateWrite(pauses[cause], given))) !== undefined;
}

/** Lets a destination send again after its probe was accepted. @returns whether it does */
export async function resume(destination: string, now: number): Promise<boolean> {
  return (await write(destination, stateWrite(stateTransitions.probeResume, { now: { N: String(now) } }))) !== undefined;
}

/** Writes counts. @returns the item; `undefined` if the condition did not hold @throws the error of DynamoDB */
async function update(
  destination: string,
  expressions: Pick<UpdateItemCommandInput, "ConditionExpression" | "UpdateExpression">,
  names: (keyof typeof DeliveryAttribute)[],
  ExpressionAttributeValues: Record<string, AttributeValue>,
): Promise<Item | undefined> {
  return write(destination, { ...expressions, ExpressionAttributeNames: namesOf(...names), ExpressionAttributeValues });
}

/** Writes a change of a destination's item. @returns the item; `undefined` if the condition did not hold @throws the error of DynamoDB */
async function write(destination: string, change: Omit<UpdateItemCommandInput, "TableName" | "Key">): Promise<Item | undefined> {
  const command = new UpdateItemCommand({ TableName: tableName(), Key: keyOf(destination), ...change, ReturnValues: "ALL_NEW" });
  return ifHolds(async () => (await dynamodb.send(command, abortAtDeadline())).Attributes ?? {});
}
