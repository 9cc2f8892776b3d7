import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";

/** What the event bus puts into the queue, as far as it is used here. */
interface Envelope {
  "detail-type": string;
  detail: { transactionId: string };
}

/** Without `throwOnRequestTimeout`, a call that nobody answers would only be logged, and hang until Lambda ends the function. */
const dynamodb = new DynamoDBClient({ requestHandler: { requestTimeout: 3_000, throwOnRequestTimeout: true, socketTimeout: 3_000 } });

/**
 * A subscriber's function behind a queue: its effect is a row of its own table, and the row's key is the transaction id, so that
 * an event that comes twice has one effect. An effect elsewhere (a call, a mail) needs an idempotency key: use the transaction id.
 * Only what failed comes again: the event source mapping must have ReportBatchItemFailures.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const outcomes = await Promise.allSettled(Records.map(async ({ body }) => book(JSON.parse(body) as Envelope)));
  const failed = Records.filter((_, index) => outcomes[index].status === "rejected");
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** @returns whether it was the first time */
async function book({ "detail-type": kind, detail }: Envelope): Promise<boolean> {
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName: process.env.BOOKINGS_TABLE,
        Item: { transaction_id: { S: detail.transactionId }, kind: { S: kind }, booked_at: { S: new Date().toISOString() } },
        ConditionExpression: "attribute_not_exists(transaction_id)",
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
