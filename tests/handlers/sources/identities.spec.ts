import * as assert from "node:assert/strict";
import type { CodedProvider } from "../../../domain/sources";
import type { Json } from "../../../handlers/request/json";
import { providers } from "../../../handlers/sources";
import { webhookRequest } from "../../../testbed/handlers";

const at = "2026-01-31T12:00:00Z";
const identities: [provider: CodedProvider, event: object, eventId?: string, eventType?: string, occurredAt?: string][] = [
  ["stripe", { id: "evt_1", type: "charge.failed", created: Date.parse(at) / 1_000 }, "evt_1", "charge.failed", at],
  ["stripe", { id: "evt_1", created: "soon" }, "evt_1"],
  ["stripe", { id: "evt_1", created: 1e300 }, "evt_1"],
  ["stripe", { type: "x" }],
  ["square", { event_id: "e1", type: "payment.updated", created_at: at }, "e1", "payment.updated", at],
  ["square", { event_id: "e1" }, "e1"],
  ["square", { id: "e1" }],
  ["paypal", { id: "WH-1", event_type: "X", create_time: at }, "WH-1", "X", at],
  ["paypal", { id: "WH-1" }, "WH-1"],
  ["paypal", { event_id: "WH-1" }],
];

describe("The identity of an event", () => {
  for (const [provider, event, eventId, eventType = "unknown", time] of identities)
    it(`of ${provider} ${JSON.stringify(event)} is ${eventId}`, () => {
      const identity = providers[provider].identify(event as Json, webhookRequest(Buffer.alloc(0), {}));
      const occurredAt = time && new Date(time).toISOString();
      assert.deepEqual(identity, eventId && { eventId, eventType, occurredAt });
    });
});
