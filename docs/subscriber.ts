import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";

/** The parts of an EventBridge event that this function reads. */
interface Envelope {
  "detail-type": string;
  detail: { transactionId: string };
}

/** Without `throwOnRequestTimeout`, the SDK only logs a call that gets no answer, and the function hangs until Lambda ends it. */
const dynamodb = new DynamoDBClient({ requestHandler: { requestTimeout: 3_000, throwOnRequestTimeout: true, socketTimeout: 3_000 } });

/**
 * Books each event of a batch once. The effect is a row of the subscriber's own table, and the row's key is the transaction ID, so an event
 * that arrives twice has one effect. For another effect, such as a call or a mail, use the transaction ID as its idempotency key.
 * Returns the messages that failed, so that only these are delivered again: the event source mapping needs ReportBatchItemFailures.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const outcomes = await Promise.allSettled(Records.map(async ({ body }) => book(JSON.parse(body) as Envelope)));
  const failed = Records.filter((_, index) => outcomes[index].status === "rejected");
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Stores an event unless it is stored. @returns whether it was the first time */
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
