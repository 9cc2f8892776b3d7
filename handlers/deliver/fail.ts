import { DeliveryStatus } from "../../domain/destinations";
import { logger } from "../aws/telemetry";
import { sendDeliveryDeadLetter } from "./queue";
import type { Row } from "./items";
import { writeRow } from "./row";

/**
 * Gives a delivery up: sends a dead letter, and then marks the row FAILED. So every FAILED row has one.
 * @param now epoch milliseconds
 * @returns false if another copy of the message, or another message, was first
 * @throws the error of SQS or DynamoDB
 */
export async function fail(row: Row, error: string, now: number): Promise<boolean> {
  const { destination, transactionId, generation } = row;
  await sendDeliveryDeadLetter({ destination, transactionId, error, generation });
  const finishedAt = new Date(now).toISOString();
  const written = await writeRow({ ...row, status: DeliveryStatus.failed, nextAt: undefined, finishedAt, error });
  logger.error("Delivery failed", { destination, transactionId, cause: error });
  return written;
}
