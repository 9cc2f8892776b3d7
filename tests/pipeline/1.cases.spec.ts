import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { normalizedIn } from "../../cli/events/amounts";
import { Status } from "../../domain/event";
import type { CodedProvider } from "../../domain/sources";
import type { NormalizedEvent } from "../../handlers/events/normalize";
import { post } from "../../local/post";
import { itemWithStatus, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

const usd = (value: number) => ({ value, currency: "USD", exponent: 2 });
const none = { kind: "other", amount: undefined } as const;

/** What an event of tests/cases/ must say. */
const rows: [file: string, source: CodedProvider, expected: Partial<NormalizedEvent>, headers?: Record<string, string>][] = [
  ["stripe-charge-uncaptured", "stripe", { kind: "payment.authorized", amount: usd(1000), test: true }],
  ["stripe-auth-released", "stripe", { kind: "payment.canceled", amount: usd(1000), paymentReference: "pi_void1" }],
  ["stripe-partial-capture", "stripe", { kind: "payment.succeeded", amount: usd(750), customerReference: "cus_1" }],
  ["stripe-second-partial-refund", "stripe", { kind: "refund", amount: usd(500), paymentReference: "pi_ref1" }],
  ["stripe-refund-failed", "stripe", { kind: "refund.failed", amount: usd(500), paymentReference: "pi_1" }],
  ["stripe-connect", "stripe", { account: "acct_1Connected", test: true, amount: { value: 1200, currency: "EUR", exponent: 2 } }],
  ["stripe-thin-v2", "stripe", { ...none, occurredAt: "2024-09-17T06:20:52.246Z", occurredAtSource: undefined }],
  ["square-refund-failed", "square", { kind: "refund.failed", amount: usd(555), occurredAt: "2025-11-01T10:00:00.123Z" }],
  ["square-refund-pending", "square", none],
  ["paypal-sale-refunded", "paypal", { kind: "refund", amount: usd(1), paymentReference: "9T0916710M1105906" }],
  [
    "shopify-refund-two-transactions",
    "shopify",
    { kind: "refund", amount: usd(4194), occurredAt: "2025-11-01T14:00:00.000Z" },
    { "x-shopify-topic": "refunds/create" },
  ],
  ["shopify-test-notification", "shopify", { ...none, test: true, paymentReference: "820982911946154508" }],
  ["std-resend", "standard-webhooks", { ...none, occurredAt: "2025-11-01T10:00:00.000Z" }],
];

describe("An event as a real provider sends it", () => {
  let pipeline: PipelineUnderTest;
  before(async () => (pipeline = await sharedPipeline()));
  const bodyOf = (file: string) => readFileSync(`tests/cases/${file}.json`);

  async function normalized(source: CodedProvider, body: Buffer, headers: Record<string, string> = {}): Promise<Partial<NormalizedEvent>> {
    const { status, transactionId, text } = await post(pipeline, source, body, headers);
    assert.ok(status === 200 || status === 202, text);
    const item = await itemWithStatus(pipeline, transactionId!, Status.processed);
    return normalizedIn(transactionId!, item)!;
  }

  for (const [file, source, expected, headers] of rows)
    it(`${file} is normalized to ${expected.kind ?? "its account"}`, async () => {
      const found = await normalized(source, bodyOf(file), headers);
      const named = Object.keys(expected) as (keyof NormalizedEvent)[];
      assert.deepEqual(Object.fromEntries(named.map((name) => [name, found[name]])), expected);
    });

  it("adyen-platform has the time of its signed body", async () => {
    const body = bodyOf("adyen-platform");
    const mac = createHmac("sha256", Buffer.from(pipeline.signing.adyen.hmacKey, "hex")).update(body).digest("base64");
    const { occurredAt, test } = await normalized("adyen", body, { hmacsignature: mac });
    assert.deepEqual([occurredAt, test], ["2025-11-01T09:00:00.000Z", true]);
  });
});
