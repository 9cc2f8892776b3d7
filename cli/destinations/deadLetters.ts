import type { Message } from "@aws-sdk/client-sqs";
import { DeliveryStatus, generationOf, type DeliveryDeadLetter, type DeliveryMessage } from "../../domain/destinations";
import type { Delivery } from "./deliveries";

/** What a dead letter of a destination says. */
export interface DeadLetter {
  transactionId: string;
  /** Absent if the letter does not say. */
  generation?: string;
}

/**
 * Reads a dead letter: of the function, of EventBridge, or a message that SQS has moved after crashes.
 * @returns `undefined` if it names no event
 */
export function readDeadLetter({ Body }: Message): DeadLetter | undefined {
  try {
    const letter = JSON.parse(Body ?? "") as Partial<DeliveryDeadLetter & DeliveryMessage>;
    if (typeof letter.transactionId === "string") return { transactionId: letter.transactionId, generation: letter.generation };
    const transactionId = letter.detail?.transactionId;
    if (typeof transactionId !== "string") return undefined;
    return { transactionId, generation: generationOf(letter as DeliveryMessage) };
  } catch {
    return undefined;
  }
}

/** Tells whether a dead letter says nothing any more: its event was delivered since, or belongs to a later operation. */
export function isOver({ generation }: DeadLetter, delivery: Delivery): boolean {
  return delivery.status === DeliveryStatus.delivered || (generation !== undefined && (delivery.generation ?? "") !== generation);
}
