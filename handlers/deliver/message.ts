import { generationOf, triggerOf, type DeliveryMessage, type Trigger } from "../../domain/destinations";

/** Message of a destination's queue, as the function uses it. */
export interface Delivery {
  destination: string;
  transactionId: string;
  trigger: Trigger;
  generation: string;
  /** When the message was sent to the queue, epoch milliseconds. */
  sentAt: number;
}

/**
 * Reads a message.
 * @param sentAt epoch milliseconds
 * @returns `undefined` if it is none that EventBridge or an operator sends
 */
export function readMessage(destination: string, body: string, sentAt: number): Delivery | undefined {
  const message = parse(body);
  if (typeof message?.detail?.transactionId !== "string") return undefined;
  const { transactionId } = message.detail;
  return { destination, transactionId, trigger: triggerOf(message), generation: generationOf(message), sentAt };
}

function parse(body: string): DeliveryMessage | undefined {
  try {
    return JSON.parse(body) as DeliveryMessage;
  } catch {
    return undefined;
  }
}
