import { isUtf8 } from "node:buffer";
import { maxBodyBytes, type PayloadChoice } from "../../domain/destinations";
import { Attribute, processedEvent } from "../../domain/event";
import { payloadInItem } from "../../domain/payload";
import { text, type Item } from "../events/items";
import { normalizedOf } from "../events/normalized";

/** Body of the event as the provider sent it: text if it is UTF-8, and base64 otherwise; not that of a large one. */
type SentPayload = { text: string } | { base64: string } | { omitted: "size" };

/** Builds the body of a request: `{type, timestamp, data}`, as Standard Webhooks recommends. */
export function bodyOf(transactionId: string, item: Item, choice: PayloadChoice): Buffer {
  const normalized = normalizedOf(transactionId, item);
  const event = processedEvent(text(item, Attribute.receivedAt), normalized);
  const { amount, test, account, paymentReference, customerReference } = normalized;
  const data = {
    ...event,
    ...(choice !== "none" && { normalized: { amount, test, account, paymentReference, customerReference } }),
    ...(choice === "full" && { payload: sentPayload(item) }),
  };
  return Buffer.from(JSON.stringify({ type: event.kind, timestamp: event.occurredAt, data }));
}

/** Returns the part of a body that is sent. One in the bucket is not read at each attempt: it is larger than any that is sent. */
function sentPayload(item: Item): SentPayload {
  const body = payloadInItem(item) ?? new Uint8Array();
  if (item[Attribute.payloadKey] || body.length > maxBodyBytes) return { omitted: "size" };
  const bytes = Buffer.from(body);
  return isUtf8(bytes) ? { text: bytes.toString("utf8") } : { base64: bytes.toString("base64") };
}

/** Builds the body of a test event. */
export function testBody(now: Date): Buffer {
  return Buffer.from(JSON.stringify({ type: "webhook.test", timestamp: now.toISOString(), data: { test: true } }));
}
