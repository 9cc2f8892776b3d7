import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import { implementationOf, type Implementation } from "../../domain/sources";
import type { Clients } from "../../local/clients";
import type { LocalPipeline } from "../../local/pipeline";
import type { WebhookResponse } from "../../local/post";
import type { SourceDescription } from "../../local/sources";

/** Result of sending one event. */
export interface SendResult {
  source: string;
  /** Transaction ID, where the pipeline answers with one. */
  transactionId?: string;
  /** HTTP status. */
  status: number;
  outcome: "stored" | "duplicate" | "not stored" | "answered" | "refused";
  /** Time at which the event was first received, RFC 3339. */
  receivedAt?: string;
  /** The pipeline's own words, where it does not answer with a transaction ID. */
  message?: string;
  /** Fields that the body lacks. */
  missing?: string[];
  milliseconds: number;
}

/**
 * Returns the result of sending an event. The answer is the same for a stored event and its duplicates, so the stored item decides.
 * @param sentAt milliseconds since 1970, before the request
 */
export async function sendResultOf(
  source: SourceDescription,
  body: Buffer,
  response: WebhookResponse,
  { pipeline, clients, sentAt }: { pipeline: LocalPipeline; clients: Clients; sentAt: number },
): Promise<SendResult> {
  const { status, transactionId } = response;
  const base = { source: source.name, status, milliseconds: Math.round(response.milliseconds) };
  const message = response.body.message ?? response.text;
  if (status >= 300) {
    const missing = response.body.error === "malformed" ? missingFields(source, body) : [];
    return { ...base, outcome: "refused", message, ...(missing.length > 0 && { missing }) };
  }
  if (transactionId === undefined) return { ...base, outcome: "answered", message };
  const receivedAt = await timeOfReceipt(pipeline, clients, transactionId);
  if (receivedAt === undefined) return { ...base, transactionId, outcome: "not stored" };
  return { ...base, transactionId, outcome: Date.parse(receivedAt) < sentAt ? "duplicate" : "stored", receivedAt };
}

/** Returns when an event was first received; `undefined` if it is not stored. */
async function timeOfReceipt({ outputs }: LocalPipeline, { dynamodb }: Clients, transactionId: string): Promise<string | undefined> {
  const key = { [Attribute.transactionId]: { S: transactionId } };
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: outputs.tableName, Key: key, ConsistentRead: true }));
  return Item?.[Attribute.receivedAt]?.S;
}

/** Returns the fields without which the receiver has no ID for an event, as far as the body lacks them. */
function missingFields(source: SourceDescription, body: Buffer): string[] {
  const required = requiredFields[implementationOf(source)] ?? [];
  const event = parse(body);
  return event === undefined ? [] : required.filter((path) => isMissing(valueAt(event, path.split("."))));
}

const requiredFields: Partial<Record<Implementation, string[]>> = {
  stripe: ["id"],
  square: ["event_id"],
  paypal: ["id"],
  adyen: ["notificationItems.0.NotificationRequestItem.pspReference", "notificationItems.0.NotificationRequestItem.eventCode"],
};

const isMissing = (value: unknown) => value === undefined || value === null || value === "";

function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  return typeof value === "object" && value !== null ? valueAt(Reflect.get(value, key), rest) : undefined;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** Returns the result as one line. */
export function inWords({ source, status, outcome, transactionId, receivedAt, message, missing, milliseconds }: SendResult): string {
  switch (outcome) {
    case "stored":
      return `${status}, stored as ${transactionId} (${milliseconds} ms)`;
    case "duplicate":
      return `${status}, duplicate of ${transactionId}: already received at ${receivedAt}`;
    case "not stored":
      return `${status}, acknowledged but not stored: the event filter or testEvents of ${source} leaves it out`;
    case "answered":
      return `${status}, answered: ${message}`;
    case "refused":
      return `${status}, refused: ${message}${missing ? ` Missing in the body: ${missing.join(", ")}.` : ""}`;
  }
}
