import { WebhookPipeline, type SourceArgs } from "webhook-pipeline";

/** Signs `<time>.<body>` with HMAC-SHA256, and sends time and signature in headers of their own. */
const acme: SourceArgs = {
  name: "acme",
  provider: "custom",
  description: {
    verify: {
      scheme: "hmac",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "X-Acme-Signature", prefix: "sha256=" },
      signed: "{time}.{body}",
    },
    time: { header: "X-Acme-Timestamp", unit: "seconds" },
    identity: { paths: ["id"] },
    type: { paths: ["type"] },
    meanings: {
      payment: "data.order",
      rows: [
        {
          types: ["order.paid"],
          kind: "payment.succeeded",
          amount: { value: "data.total", currency: "data.currency", unit: "minor" },
          documentation: "https://acme.example.com/webhooks",
        },
      ],
    },
  },
};

const pipeline = new WebhookPipeline("hooks", {
  sources: [acme],
  destinations: [{ name: "orders", url: "https://orders.example.com/webhooks", kinds: ["payment.succeeded"] }],
});

export const url = pipeline.urls.acme;
export const secretArn = pipeline.secretArns.acme;
