import * as assert from "node:assert/strict";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { handler } from "../../handlers/process";
import { capturingOutput, lambdaContext } from "../../testbed/handlers";

/** What the workflow asks the processor. */
export const request = { transactionId: "stripe#evt_1", claim: "execution-1#0" };

export const succeeded = {
  id: "evt_1",
  type: "payment_intent.succeeded",
  data: { object: { id: "pi_1", amount: 4200, currency: "eur", customer: "cus_1" } },
};

/** Returns a stored event. */
export function item(payload: unknown = succeeded, changes: Record<string, AttributeValue> = {}): Record<string, AttributeValue> {
  return {
    transaction_id: { S: "stripe#evt_1" },
    status: { S: "RECEIVED" },
    source: { S: "stripe" },
    event_type: { S: "payment_intent.succeeded" },
    occurred_at: { S: "2026-01-31T12:00:00.000Z" },
    received_at: { S: "2026-01-31T12:00:01.234Z" },
    media_type: { S: "json" },
    payload: { B: Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)) },
    ...changes,
  };
}

/** Asserts that the processor fails with such an error. @returns what it has logged */
export async function assertFails(name: string, message: RegExp): Promise<string> {
  const { output } = await capturingOutput(() =>
    assert.rejects(handler(request, lambdaContext), (error: Error) => error.name === name && message.test(error.message)),
  );
  return output;
}
