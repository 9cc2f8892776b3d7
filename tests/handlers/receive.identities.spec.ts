import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import HmacValidator from "@adyen/api-library/lib/src/utils/hmacValidator";
import { freshSample } from "../../local/samples";
import type { LocalSource } from "../../local/sources";
import { sign } from "../../local/signing";
import { apiEvent } from "../../testbed/handlers";
import { Receiver } from "../helpers/receiver";

type Item = Parameters<InstanceType<typeof HmacValidator>["validateHMAC"]>[0];

const json = { "content-type": "application/json" };

/** Real events that this or another receiver took for the same event, although they are two. */
describe("The receiver distinguishes", () => {
  const receiver = new Receiver();
  const idOf = async (source: LocalSource, body: string, headers: Record<string, string>) => {
    const { status, transactionId } = await receiver.receive(apiEvent(source, body, headers));
    assert.ok([200, 202].includes(status), String(status));
    return transactionId;
  };

  /** @see https://github.com/Adyen/adyen-magento2/issues/415 */
  it("two Adyen accounts' daily reports with the same file name", async () => {
    const { hmacKey } = receiver.signing.adyen;
    const report = (merchantAccountCode: string, changes: object = {}) => {
      const item = {
        pspReference: "payments_accounting_report_2019_03_04.csv",
        originalReference: "",
        merchantAccountCode,
        merchantReference: "",
        amount: { currency: "EUR", value: 0 },
        eventCode: "REPORT_AVAILABLE",
        success: "true",
        ...changes,
      };
      const hmacSignature = new HmacValidator().calculateHmac(item as unknown as Item, hmacKey);
      return JSON.stringify({
        live: "false",
        notificationItems: [{ NotificationRequestItem: { ...item, additionalData: { hmacSignature } } }],
      });
    };
    const first = await idOf("adyen", report("ShopDE"), json);
    assert.notEqual(await idOf("adyen", report("ShopFR"), json), first);
    assert.equal(await idOf("adyen", report("ShopDE", { eventDate: "2019-03-06T01:00:00+01:00" }), json), first, "sent again a day later");
  });

  it("two numeric IDs that are equal as doubles", async () => {
    for (const id of ["9007199254740993001", "9007199254740993002"]) {
      const body = `{"id":${id},"type":"a"}`;
      assert.equal(await idOf("example", body, sign("example", Buffer.from(body), receiver.signing)), `example#${id}`);
    }
  });

  /** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_dispatch */
  it("two dispatches of a GitHub workflow, whose bodies have no time", async () => {
    const body = '{"inputs":{},"ref":"refs/heads/main","workflow":".github/workflows/nightly.yml","source":{"login":"acme-robot"}}';
    const { sign: signAsGitHub } = await import("@octokit/webhooks-methods");
    const signature = await signAsGitHub(receiver.signing.github.secret, body);
    const delivered = (delivery: string) =>
      idOf("github", body, {
        ...json,
        "x-github-event": "workflow_dispatch",
        "x-github-delivery": delivery,
        "x-hub-signature-256": signature,
      });
    const first = await delivered("0b989ba4-242f-11e5-81e1-c7b6966d2516");
    assert.notEqual(await delivered("72d3162e-cc78-11e3-81ab-4c9367dc0958"), first);
    assert.equal(await delivered("0b989ba4-242f-11e5-81e1-c7b6966d2516"), first, "a redelivery");
  });

  for (const source of ["github", "slack", "example"] as const) {
    it(`but not a form of ${source} from its JSON, because the content type is not signed`, async () => {
      const body = freshSample(source);
      const headers = sign(source, body, receiver.signing);
      await idOf(source, body.toString(), headers);
      const { status } = await receiver.receive(
        apiEvent(source, body.toString(), { ...headers, "content-type": "application/x-www-form-urlencoded" }),
      );
      assert.equal(status, 400);
    });
  }

  /** @see https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance */
  it("two requests of a Shopify shop to delete its data", async () => {
    const body = '{"shop_id":954889,"shop_domain":"example.myshopify.com"}';
    const headers = {
      ...json,
      "x-shopify-topic": "shop/redact",
      "x-shopify-shop-domain": "example.myshopify.com",
      "x-shopify-hmac-sha256": createHmac("sha256", receiver.signing.shopify.secret).update(body).digest("base64"),
    };
    const sent = (event: string, webhook: string) =>
      idOf("shopify", body, { ...headers, "x-shopify-event-id": event, "x-shopify-webhook-id": webhook });
    const first = await sent("98880550-7158-44d4-b7cd-2c97c8a091b5", "1");
    assert.notEqual(await sent("4f1d7f0e-3c44-4c1e-9df4-5a5c7b8d2a10", "2"), first);
    assert.equal(await sent("98880550-7158-44d4-b7cd-2c97c8a091b5", "3"), first, "sent again");
  });
});
