import * as assert from "node:assert/strict";
import corpus from "@octokit/webhooks-examples";
import { Attribute, Status } from "../../domain/event";
import { post } from "../../local/post";
import { scanTable } from "../../local/scan";
import { eventually, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";
import { quick } from "../helpers/scope";

/** GitHub's examples of each event. The quick run takes one of each. */
const examplesOf = ({ name, examples }: (typeof corpus)[number]) => examples.map((example) => ({ name, body: JSON.stringify(example) }));
const all = corpus.flatMap(examplesOf);
const events = quick ? corpus.flatMap((event) => examplesOf(event).slice(0, 1)) : all;
const sources = 8;

describe("GitHub's own examples", () => {
  let pipeline: PipelineUnderTest;
  let sign: typeof import("@octokit/webhooks-methods").sign;
  before(async () => {
    pipeline = await sharedPipeline();
    ({ sign } = await import("@octokit/webhooks-methods"));
  });

  it("are several hundred", () => assert.ok(all.length > 300, String(all.length)));

  it("are all acknowledged, and PROCESSED under their own types", async () => {
    const types = new Map<string, string>();
    const waiting = [...events];
    const send = async () => {
      for (let event = waiting.pop(); event; event = waiting.pop()) {
        const signature = await sign(pipeline.signing.github.secret, event.body);
        const headers = { "x-github-event": event.name, "x-hub-signature-256": signature };
        const { status, transactionId } = await post(pipeline, "github", Buffer.from(event.body), headers);
        // Sends again, as a receiver that is short of time asks.
        if (status === 503) {
          waiting.push(event);
          continue;
        }
        assert.equal(status, 202, event.name);
        types.set(transactionId!, event.name);
      }
    };
    await Promise.all(Array.from({ length: sources }, send));
    assert.equal(types.size, new Set(events.map(({ name, body }) => name + body)).size, "each is an event of its own");

    const items = await eventually(
      "all examples to be PROCESSED",
      async () => {
        const stored = await scanTable(pipeline.clients.dynamodb, pipeline.outputs.tableName, [
          Attribute.transactionId,
          Attribute.status,
          Attribute.eventType,
        ]);
        const ours = stored.filter((item) => types.has(item[Attribute.transactionId].S!));
        return ours.length === types.size && ours.every((item) => item[Attribute.status].S === Status.processed) ? ours : undefined;
      },
      80_000,
    );
    for (const item of items) {
      const name = types.get(item[Attribute.transactionId].S!)!;
      assert.match(item[Attribute.eventType].S!, new RegExp(`^${name}(\\..+)?$`));
    }
  });
});
