import { GetItemCommand, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { stateTransitions, stateWrite } from "../../domain/deliveryState";
import { DeliveryAttribute, type DeliverCommand, type PauseCause } from "../../domain/destinations";
import type { ConditionalWrite } from "../../domain/lifecycle";
import { UserError } from "../../domain/userError";
import { ifHolds } from "../../handlers/aws/ifHolds";
import { stateIn } from "../../handlers/deliver/items";
import type { Item } from "../events/items";
import type { DeliveringTarget } from "./target";

/** Table of deliveries. */
export type DeliveriesTable = Pick<DeliveringTarget, "dynamodb" | "deliveriesTableName">;

/** Who paused a destination, since when (RFC 3339) and why. */
export interface Pause {
  by: PauseCause;
  since?: string;
  reason?: string;
}

/** Reads whether a destination is paused. @returns `undefined` if it is not */
export async function readPause({ dynamodb, deliveriesTableName }: DeliveriesTable, name: string): Promise<Pause | undefined> {
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: deliveriesTableName, Key: keyOf(name), ConsistentRead: true }));
  const { paused: by, pausedAt: since, pauseReason: reason } = stateIn(Item);
  return by && { by, ...(since !== "" && { since }), ...(reason !== undefined && { reason }) };
}

const names: Record<PauseCause, string> = { breaker: "its breaker", endpoint: "its endpoint", operator: "an operator" };

/** Describes a pause: `paused by an operator since 2026-01-31T12:00:00.000Z: the database is being moved`. */
export function describePause({ by, since, reason }: Pause): string {
  return `paused by ${names[by] ?? by}${since === undefined ? "" : ` since ${since}`}${reason === undefined ? "" : `: ${reason}`}`;
}

/**
 * Pauses a destination in the name of an operator, also one that its breaker or endpoint has paused.
 * @returns false if an operator already has
 */
export function writePause(table: DeliveriesTable, name: string, reason: string | undefined, at = new Date()): Promise<boolean> {
  const { pauseByOperator, pauseByOperatorWithoutReason } = stateTransitions;
  const now = { S: at.toISOString() };
  const change =
    reason === undefined ? stateWrite(pauseByOperatorWithoutReason, { now }) : stateWrite(pauseByOperator, { now, reason: { S: reason } });
  return write(table, name, change);
}

/** Ends a pause, whoever made it. @returns false if the destination is not paused */
export function writeResume(table: DeliveriesTable, name: string, at = new Date()): Promise<boolean> {
  return write(table, name, stateWrite(stateTransitions.resume, { now: { N: String(at.getTime()) } }));
}

async function write(
  { dynamodb, deliveriesTableName }: DeliveriesTable,
  name: string,
  change: ConditionalWrite<AttributeValue>,
): Promise<boolean> {
  const command = new UpdateItemCommand({ TableName: deliveriesTableName, Key: keyOf(name), ...change });
  return (await ifHolds(() => dynamodb.send(command))) !== undefined;
}

const keyOf = (name: string): Item => ({ [DeliveryAttribute.id]: { S: name } });

/** Gives the function a command. @returns its answer @throws UserError with the function's own words if it fails */
export async function command<Answer>({ lambda, deliverFunctionName }: DeliveringTarget, given: DeliverCommand): Promise<Answer> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: deliverFunctionName, Payload: Buffer.from(JSON.stringify(given)) }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  const answer: unknown = text === "" ? undefined : JSON.parse(text);
  if (FunctionError === undefined) return answer as Answer;
  // The answer also has the stack trace of the function.
  const { errorMessage = text } = answer as { errorMessage?: string };
  throw new UserError(`${deliverFunctionName} failed: ${errorMessage}`);
}
