import * as assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { Attribute, Status } from "../../domain/event";
import { post } from "../../local/post";
import type { LocalSource } from "../../local/sources";
import { postUntilAnswered } from "../../testbed/postUntilAnswered";
import { itemWithStatus, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

/** Real bodies with which two events look like one, or one like two. */
describe("The pipeline creates", () => {
  let pipeline: PipelineUnderTest;
  before(async () => (pipeline = await sharedPipeline()));

  const idOf = async (source: LocalSource, body: string, headers: Record<string, string> = {}) => {
    const { status, transactionId } = await postUntilAnswered(pipeline, source, Buffer.from(body), headers);
    assert.ok(status === 200 || status === 202, String(status));
    return transactionId!;
  };
  const processed = async (ids: readonly string[]) =>
    Promise.all(
      [...new Set(ids)].map(async (id) => {
        const item = await itemWithStatus(pipeline, id, Status.processed);
        return { ...item, ...item[Attribute.normalized].M };
      }),
    );

  it("two events from two dispatches of a GitHub workflow, and none from a redelivery", async () => {
    const body = '{"inputs":{},"ref":"refs/heads/main","workflow":".github/workflows/nightly.yml"}';
    const ids: string[] = [];
    for (const delivery of ["1", "2", "1"])
      ids.push(await idOf("github", body, { "x-github-event": "workflow_dispatch", "x-github-delivery": delivery }));
    assert.equal(ids[0], ids[2]);
    assert.equal((await processed(ids)).length, 2);
  });

  it("two events from a Shopify shop's two requests to delete its data, and none from a duplicate", async () => {
    const body = '{"shop_id":954889,"shop_domain":"example.myshopify.com"}';
    const ids: string[] = [];
    for (const event of ["1", "2", "1"])
      ids.push(await idOf("shopify", body, { "x-shopify-topic": "shop/redact", "x-shopify-event-id": event }));
    assert.equal(ids[0], ids[2]);
    assert.equal((await processed(ids)).length, 2);
  });

  it("two events from two Adyen accounts' reports with the same file name", async () => {
    const report = (merchantAccountCode: string) =>
      JSON.stringify({
        notificationItems: [
          {
            NotificationRequestItem: {
              pspReference: "payments_accounting_report_2019_03_04.csv",
              originalReference: "",
              merchantAccountCode,
              merchantReference: "",
              amount: { currency: "EUR", value: 0 },
              eventCode: "REPORT_AVAILABLE",
              success: "true",
            },
          },
        ],
      });
    assert.equal((await processed([await idOf("adyen", report("ShopDE")), await idOf("adyen", report("ShopFR"))])).length, 2);
  });

  it("an ID and a reference with every digit", async () => {
    const ids: string[] = [];
    for (const id of ["9007199254740993001", "9007199254740993002"]) ids.push(await idOf("example", `{"id":${id},"type":"a"}`));
    assert.deepEqual(ids, ["example#9007199254740993001", "example#9007199254740993002"]);
    await processed(ids);
    const order = '{"id":820982911946154508,"financial_status":"paid","currency":"USD","total_price":"403.00","test":true}';
    const [normalized] = await processed([await idOf("shopify", order)]);
    assert.equal(normalized.paymentReference.S, "820982911946154508");
  });

  it("no payment from an unpaid order, whatever its topic says", async () => {
    const order = '{"id":5,"financial_status":"pending","currency":"USD","total_price":"403.00"}';
    const [{ kind, amount }] = await processed([await idOf("shopify", order, { "x-shopify-topic": "orders/paid" })]);
    assert.deepEqual([kind.S, amount], ["other", undefined]);
  });

  it("an event with the time of receipt if its own time is impossible", async () => {
    const [item] = await processed([await idOf("stripe", '{"id":"evt_microseconds","type":"x","created":1732521600000000}')]);
    assert.deepEqual(item[Attribute.occurredAtSource], { S: "received" });
    assert.match(item[Attribute.occurredAt].S!, /^20\d\d-/);
  });

  it("nothing from a form with Twilio's signature of JSON", async () => {
    const { authToken, url } = pipeline.signing.twilio;
    const json = '[{"type":"com.twilio.messaging.message.delivered"}]';
    const field = `?bodySHA256=${createHash("sha256").update(json).digest("hex")}`;
    const headers = {
      "x-twilio-signature": createHmac("sha1", authToken)
        .update(url + field)
        .digest("base64"),
    };
    const asJson = await post(pipeline, "twilio", Buffer.from(json), { ...headers, "content-type": "application/json" });
    const asForm = await post(pipeline, "twilio", Buffer.from(new URLSearchParams({ [field]: "" }).toString()), headers);
    assert.deepEqual([asJson.status, asForm.status], [200, 401]);
  });
});
