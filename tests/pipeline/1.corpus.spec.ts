import * as assert from "node:assert/strict";
import corpus from "@octokit/webhooks-examples";
import * as fc from "fast-check";
import { Attribute, kinds, Status } from "../../domain/event";
import type { CodedProvider } from "../../domain/sources";
import { scanTable } from "../../local/scan";
import { declaredEvents } from "../helpers/declaredEvents";
import { eventually } from "../helpers/eventually";
import { shopifyExamples } from "../helpers/examples";
import { postUntilAnswered } from "../../testbed/postUntilAnswered";
import { sharedPipeline, type Item, type PipelineUnderTest } from "../helpers/pipeline";
import { quick } from "../helpers/scope";

/** Event of a provider, and its type. */
interface Sent {
  source: CodedProvider;
  /** Type, or its beginning: an action may follow. */
  type: string;
  body: Buffer;
  headers?: Record<string, string>;
}

const senders = 4;
/** Events that are sent before their processing is awaited: each that runs at the same time has a process of its own. */
const atOnce = 40;
const asBody = (value: unknown) => Buffer.from(JSON.stringify(value));

/** GitHub's examples of each event. The quick run takes one of each. */
const github = corpus.flatMap(({ name, examples }) =>
  (quick ? examples.slice(0, 1) : examples).map((example): Sent => ({ source: "github", type: name, body: asBody(example) })),
);

/** Shopify's example of each topic, except for an empty one, which the receiver refuses. The quick run takes those of payments. */
const shopify = shopifyExamples()
  .filter(({ body }) => Object.keys(body).length > 0)
  .filter(({ type }) => !quick || /^(orders|refunds|disputes|order_transactions)\//.test(type))
  .map(({ type, body }): Sent => ({ source: "shopify", type, body: asBody(body), headers: { "x-shopify-topic": type } }));

/** Events that packages declare: the same in each run, each with an ID of its own. The quick run takes one of each third type. */
const declared = (["stripe", "square", "paypal"] as const).flatMap((source) =>
  declaredEvents[source]!.filter((_, index) => !quick || index % 3 === 0).flatMap(([type, values]) =>
    fc.sample(values, { numRuns: quick ? 1 : 4, seed: 1 }).map((value, index): Sent => {
      const id = `${type}-${index}`;
      return { source, type, body: asBody({ ...(value as object), id, event_id: id, type, event_type: type }) };
    }),
  ),
);

type AdyenItem = Record<string, unknown> & { eventCode: string; amount?: { value?: number } };
/** Notifications as Adyen's package declares them, with whole amounts, codes without the colon that parts signed fields, and an ID of their own. */
const adyen = declaredEvents.adyen!.flatMap(([, values]) =>
  fc
    .sample(values, { numRuns: quick ? 20 : 160, seed: 1 })
    .map((value) => (value as { notificationItems: [{ NotificationRequestItem: AdyenItem }] }).notificationItems[0].NotificationRequestItem)
    .filter(({ amount }) => Number.isSafeInteger(amount?.value))
    .filter(({ merchantAccountCode, originalReference }) => ![merchantAccountCode, originalReference].join().includes(":"))
    .map((item, index): Sent => {
      const NotificationRequestItem = { ...item, pspReference: `declared-${index}` };
      return { source: "adyen", type: item.eventCode, body: asBody({ notificationItems: [{ NotificationRequestItem }] }) };
    }),
);

describe("Events that others made", () => {
  let pipeline: PipelineUnderTest;
  let sign: typeof import("@octokit/webhooks-methods").sign;
  before(async () => {
    pipeline = await sharedPipeline();
    ({ sign } = await import("@octokit/webhooks-methods"));
  });

  /** Signs with GitHub's own signer, and with ours for the others. */
  const headersOf = async ({ source, type, body, headers }: Sent) =>
    source === "github"
      ? { "x-github-event": type, "x-hub-signature-256": await sign(pipeline.signing.github.secret, body.toString()) }
      : headers;

  /** Sends events, several at a time, and returns each by its transaction ID. */
  async function send(events: readonly Sent[]): Promise<Map<string, Sent>> {
    const sent = new Map<string, Sent>();
    const waiting = [...events];
    const work = async () => {
      for (let event = waiting.pop(); event; event = waiting.pop()) {
        const headers = await headersOf(event);
        const { status, transactionId, text } = await postUntilAnswered(pipeline, event.source, event.body, headers);
        assert.ok(status === 202 || status === 200, `${event.type}: ${status} ${text}`);
        sent.set(transactionId!, event);
      }
    };
    await Promise.all(Array.from({ length: senders }, work));
    return sent;
  }

  /** Waits until all are PROCESSED, and returns their items. */
  const processed = (sent: ReadonlyMap<string, Sent>) =>
    eventually(
      "all events to be PROCESSED",
      async () => {
        const { transactionId, status, eventType, kind, normalized } = Attribute;
        const names = [transactionId, status, eventType, kind, normalized];
        const ours = (await scanTable(pipeline.clients.dynamodb, pipeline.outputs.tableName, names)).filter((item) =>
          sent.has(item[transactionId].S!),
        );
        return ours.length === sent.size && ours.every((item) => item[status].S === Status.processed) ? ours : undefined;
      },
      90_000,
    );

  const all = [...github, ...shopify, ...declared, ...adyen];

  it("are several hundred", () => assert.ok(all.length > (quick ? 60 : 600), String(all.length)));

  it("are all acknowledged, and PROCESSED under their own types", async function () {
    this.timeout(600_000);
    const ids = new Set<string>();
    for (let start = 0; start < all.length; start += atOnce) {
      const sent = await send(all.slice(start, start + atOnce));
      for (const item of await processed(sent)) check(item, sent.get(item[Attribute.transactionId].S!)!);
      for (const id of sent.keys()) ids.add(id);
    }
    assert.equal(ids.size, new Set(all.map(({ type, body }) => `${type} ${body.toString()}`)).size, "each is an event of its own");
  });

  /** Compares an item with the event that was sent. */
  function check(item: Item, { type }: Sent): void {
    assert.match(item[Attribute.eventType].S!, new RegExp(`^${type}(\\..+)?$`));
    assert.ok(kinds.some((kind) => kind === item[Attribute.kind].S));
    const amount = item[Attribute.normalized].M!.amount?.M;
    if (amount) assert.match(amount.currency.S!, /^[A-Z]{3}$/);
  }
});
