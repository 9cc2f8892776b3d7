import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute, receivedSource, Status } from "../../domain/event";
import { Metric } from "../../domain/metrics";
import { Variable } from "../../domain/variables";
import { conditionalWrite, transitions } from "../../domain/lifecycle";
import { usualMediaType } from "../../domain/payload";
import { dueAfter } from "../../domain/processing";
import { shardOf } from "../../domain/shards";
import { abortAtDeadline } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";
import type { JsonClient } from "../aws/jsonClient";
import { PutItemCommand } from "../aws/jsonCommands";
import { deployedLeaseSeconds } from "../aws/lease";
import { Refusal, safeDescription } from "../errors";
import { storePayload } from "../payload/payload";
import type { Identity } from "../sources/lib/types";
import type { WebhookRequest } from "../request/request";
import type { ConfiguredSource } from "../configuredSources";
import { count, logger } from "../aws/telemetry";

export interface NewEvent {
  transactionId: string;
  source: ConfiguredSource;
  identity: Identity;
  request: WebhookRequest;
}

const ifNew = conditionalWrite(transitions.put, {});

const secondsPerDay = 24 * 60 * 60;

/**
 * Stores an event unless its transaction ID exists. This put is the acknowledgment. If the answer to a put is lost, its retry finds the
 * item and returns "duplicate", which gets the same answer.
 * @throws Refusal unavailable, unless it is certain that the event is stored
 */
export async function storeOnce(client: JsonClient, event: NewEvent, now: Date): Promise<"stored" | "duplicate"> {
  const payload = await storeBody(event);
  try {
    await client.send(
      new PutItemCommand({
        TableName: requiredVariable(Variable.tableName),
        Item: { ...itemOf(event, now), ...payload },
        ...ifNew,
      }),
      abortAtDeadline(),
    );
    return "stored";
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return "duplicate";
    logger.error("The event cannot be stored", { transactionId: event.transactionId, cause: safeDescription(error) });
    throw new Refusal("unavailable", "store unavailable");
  }
}

/**
 * Stores the body. Failures have their own metric: large bodies may be too rare for the alarm on the receiver's answers.
 * @throws Refusal unavailable
 */
async function storeBody({ transactionId, request: { body } }: NewEvent): Promise<Record<string, AttributeValue>> {
  try {
    return await storePayload(transactionId, body);
  } catch (error) {
    count(Metric.payloadFailures);
    logger.error("The payload cannot be stored", { transactionId, cause: safeDescription(error) });
    throw new Refusal("unavailable", "payload store unavailable");
  }
}

function itemOf({ transactionId, source, identity, request }: NewEvent, now: Date): Record<string, AttributeValue> {
  const retentionDays = Number(requiredVariable(Variable.eventRetentionDays));
  const { name, provider, settings } = source;
  const headers = ["user-agent", ...provider.storedHeaders].flatMap((header) =>
    request.headers[header] ? [[header, { S: request.headers[header] }] as const] : [],
  );
  return {
    [Attribute.transactionId]: { S: transactionId },
    [Attribute.status]: { S: Status.received },
    [Attribute.source]: { S: name },
    ...(settings.provider === name ? {} : { [Attribute.provider]: { S: settings.provider } }),
    [Attribute.eventType]: { S: identity.eventType },
    [Attribute.occurredAt]: { S: identity.occurredAt ?? now.toISOString() },
    ...(identity.occurredAt === undefined && { [Attribute.occurredAtSource]: { S: receivedSource } }),
    [Attribute.receivedAt]: { S: now.toISOString() },
    ...(request.mediaType !== usualMediaType && { [Attribute.mediaType]: { S: request.mediaType } }),
    ...(headers.length > 0 && { [Attribute.headers]: { M: Object.fromEntries(headers) } }),
    [Attribute.attempts]: { N: "0" },
    [Attribute.shard]: { N: String(shardOf(transactionId, Number(requiredVariable(Variable.indexShards)))) },
    [Attribute.dueAt]: { N: String(dueAfter(now, deployedLeaseSeconds())) },
    [Attribute.expiresAt]: { N: String(Math.floor(now.getTime() / 1000) + retentionDays * secondsPerDay) },
  };
}
