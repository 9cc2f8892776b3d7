import { deliveryId, generationOf, triggerOf, triggers, type DeliveryMessage, type Trigger } from "../../domain/destinations";
import { longestKeyBytes } from "../../domain/event";

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
  const transactionId: unknown = message?.detail?.transactionId;
  if (!message || typeof transactionId !== "string" || !isKey(destination, transactionId) || !isOperation(message)) return undefined;
  return { destination, transactionId, trigger: triggerOf(message), generation: generationOf(message), sentAt };
}

/** Tells whether DynamoDB takes a transaction ID as a key. Otherwise, each attempt would fail before it is made, without an end. */
const isKey = (destination: string, transactionId: string) =>
  transactionId !== "" && Buffer.byteLength(deliveryId(destination, transactionId)) <= longestKeyBytes;

/** Tells whether a message says in the form of ours why it was sent: that goes into a header, and into the row. */
function isOperation({ trigger, generation, "replay-name": replay }: Partial<Record<keyof DeliveryMessage, unknown>>): boolean {
  const isName = (value: unknown) => value === undefined || typeof value === "string";
  return isName(generation) && isName(replay) && (trigger === undefined || triggers.some((one) => one === trigger));
}

function parse(body: string): DeliveryMessage | undefined {
  try {
    return (JSON.parse(body) as DeliveryMessage | null) ?? undefined;
  } catch {
    return undefined;
  }
}
