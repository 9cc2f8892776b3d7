import type { Context } from "aws-lambda";
import { logger } from "../aws/telemetry";
import { deliverOne } from "./deliverOne";
import { setMapping } from "./mapping";
import { readMessage } from "./message";
import { deleteMessage, hide, receiveOne } from "./queue";
import type { ConfiguredDestination } from "./settings";
import { resume } from "./state";
import type { Surroundings } from "./surroundings";

/** Most messages that a probe takes to find one that must be sent. */
const mostMessages = 3;

/**
 * Sends one message to a destination whose breaker is open, and lets it send again if it is accepted.
 * @returns whether it sends again
 */
export async function probe(destination: ConfiguredDestination, context: Context, surroundings: Surroundings): Promise<boolean> {
  const { name } = destination;
  for (let taken = 0; taken < mostMessages; taken++) {
    const received = await receiveOne(name);
    if (!received) return false;
    const { Body = "", ReceiptHandle = "", Attributes = {} } = received;
    const message = readMessage(name, Body, Number(Attributes.SentTimestamp));
    // A message that is none stays for the function's usual way, which makes it a dead letter.
    const verdict = message && (await deliverOne(destination, message, surroundings, { isProbe: true }));
    if (!verdict || verdict.kind === "held") return false;
    if (verdict.kind === "again") await hide(name, ReceiptHandle, verdict.delayMs / 1_000);
    else await deleteMessage(name, ReceiptHandle);
    // A dead letter is one whose event has expired, or that SQS would soon forget: the next message tells more.
    if (verdict.kind === "skipped" || verdict.kind === "failed") continue;
    if (verdict.kind !== "delivered" || !(await resume(name, surroundings.now()))) return false;
    logger.warn("Resumed", { destination: name });
    await setMapping(name, true, context);
    return true;
  }
  return false;
}
