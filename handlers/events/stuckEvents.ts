import { QueryCommand, type AttributeValue, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { Attribute, byStatusIndex, Status } from "../../domain/event";
import { Variable } from "../../domain/variables";
import { dynamodb } from "../aws/clients";
import { abortAtDeadline } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";

/** Stuck event, as the index shows it: PROCESSING with an expired lease, or RECEIVED for too long. */
export interface StuckEvent {
  transactionId: string;
  /** `true` if its worker died; `false` if nothing claimed it. */
  leaseExpired: boolean;
  attempts: number;
}

/**
 * Returns pages of events that may be stuck: first those with an expired lease, then those RECEIVED before `staleBefore` (RFC 3339) and
 * not requeued since. It reads only the index, which holds no payload. The index may lag behind the table, so each event is only a
 * candidate.
 */
export async function* stuckEvents(now: Date, staleBefore: string): AsyncGenerator<StuckEvent[]> {
  const names = { "#status": Attribute.status };
  yield* pages(true, {
    KeyConditionExpression: "#status = :status",
    FilterExpression: "#leaseUntil < :nowMs",
    ExpressionAttributeNames: { ...names, "#leaseUntil": Attribute.leaseUntil },
    ExpressionAttributeValues: { ":status": { S: Status.processing }, ":nowMs": { N: String(now.getTime()) } },
  });
  yield* pages(false, {
    KeyConditionExpression: "#status = :status AND #receivedAt < :staleBefore",
    FilterExpression: "attribute_not_exists(#requeuedAt) OR #requeuedAt < :staleBefore",
    ExpressionAttributeNames: { ...names, "#receivedAt": Attribute.receivedAt, "#requeuedAt": Attribute.requeuedAt },
    ExpressionAttributeValues: { ":status": { S: Status.received }, ":staleBefore": { S: staleBefore } },
  });
}

/** Returns the seconds that the oldest RECEIVED event has waited since it was stored, requeued or redriven; 0 if there is none. */
export async function secondsWaiting(now: Date): Promise<number> {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: requiredVariable(Variable.tableName),
      IndexName: byStatusIndex,
      KeyConditionExpression: "#status = :status",
      ExpressionAttributeNames: { "#status": Attribute.status },
      ExpressionAttributeValues: { ":status": { S: Status.received } },
      Limit: 1,
    }),
    abortAtDeadline(),
  );
  const since = Items.map((item) => Date.parse((item[Attribute.requeuedAt] ?? item[Attribute.receivedAt]).S!));
  return since.length === 0 ? 0 : Math.round((now.getTime() - since[0]) / 1_000);
}

async function* pages(leaseExpired: boolean, query: Partial<QueryCommandInput>): AsyncGenerator<StuckEvent[]> {
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await dynamodb.send(
      new QueryCommand({ TableName: requiredVariable(Variable.tableName), IndexName: byStatusIndex, ...query, ExclusiveStartKey }),
      abortAtDeadline(),
    );
    yield Items.map((item) => ({
      transactionId: item[Attribute.transactionId].S!,
      leaseExpired,
      attempts: Number(item[Attribute.attempts]?.N ?? 0),
    }));
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
