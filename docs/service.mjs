// Takes the pipeline's deliveries, verifies each, and handles each event once: WEBHOOK_SECRET=whsec_… node docs/service.mjs
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const handled = new Set(); // In production: a unique key of your database, in the transaction of the effect.

createServer(async (request, response) => {
  try {
    const { type, data } = webhook.verify(await text(request), request.headers);
    const id = request.headers["webhook-id"];
    if (!handled.has(id)) console.log(type, data.transactionId ?? "");
    handled.add(id);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(error instanceof WebhookVerificationError ? 401 : 500).end();
  }
}).listen(process.env.PORT ?? 3000, "127.0.0.1", () => console.log("Waiting for events."));
