import * as assert from "node:assert/strict";
import { post, postAsIs } from "../../local/post";
import { freshSample } from "../../local/samples";
import { localSources } from "../../local/sources";
import { createSigning, seal, sign } from "../../local/signing";
import { countItems, readItem, sharedPipeline, without, type PipelineUnderTest } from "../helpers/pipeline";

describe("The pipeline refuses without storing it", () => {
  let pipeline: PipelineUnderTest;
  let before: number;
  beforeEach(async () => {
    pipeline = await sharedPipeline();
    before = await countItems(pipeline);
  });
  afterEach(async () => assert.equal(await countItems(pipeline), before, "something was stored"));

  for (const source of localSources) {
    it(`an altered ${source} event`, async () => {
      const body = seal(source, freshSample(source), pipeline.signing);
      const headers = sign(source, body, pipeline.signing);
      const altered = Buffer.from(body.toString().replace("sample", "simple").replace("SAMPLE", "SIMPLE"));
      assert.notDeepEqual(altered, body);
      const answer = await postAsIs(pipeline, source, altered, headers);
      assert.equal(answer.status, 401);
      assert.deepEqual([answer.body.error, answer.body.message], ["signature", "The signature could not be verified."]);
    });

    it(`a ${source} event signed with another secret`, async () => {
      const { signing: other } = await createSigning(pipeline.urls);
      const body = seal(source, freshSample(source), other);
      assert.equal((await postAsIs(pipeline, source, body, sign(source, body, other))).status, 401);
    });

    it(`a ${source} event without a signature`, async () => {
      const body = freshSample(source);
      const type = sign(source, body, pipeline.signing)["content-type"];
      assert.equal((await postAsIs(pipeline, source, body, { "content-type": type })).status, 401);
    });
  }

  for (const provider of ["stripe", "paypal", "slack", "standard-webhooks", "example"] as const) {
    for (const seconds of [-310, 310]) {
      it(`a ${provider} event whose signed time is ${seconds} s from now`, async () => {
        const body = freshSample(provider);
        const headers = sign(provider, body, pipeline.signing, new Date(Date.now() + seconds * 1000));
        assert.equal((await post(pipeline, provider, body, headers)).status, 401);
      });
    }
  }

  for (const [what, body] of [
    ["text that is no JSON", "{ not json"],
    ["an array", "[1]"],
    ["an empty object", "{}"],
    ["nothing", ""],
    ["a signed event without an id", '{"type": "payment_intent.succeeded"}'],
  ]) {
    it(`${what}, with 400`, async () => {
      const answer = await post(pipeline, "stripe", Buffer.from(body));
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error, "malformed");
    });
  }

  it("an event of an unknown provider, with 404", async () => {
    const url = pipeline.urls.stripe.replace(/stripe$/, "nobody");
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: '{"id":1}' });
    assert.equal(response.status, 404);
  });

  for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
    it(`a body of type ${type} from a source that sends JSON, with 415`, async () => {
      const answer = await post(pipeline, "stripe", freshSample("stripe"), { "content-type": type });
      assert.equal(answer.status, 415);
    });
  }

  it("an event that it cannot store, with 503, and accepts it when it is sent again", async () => {
    const body = freshSample("stripe");
    const id = `stripe#${(JSON.parse(body.toString()) as { id: string }).id}`;
    await without("dynamodb:PutItem", "receive", pipeline, async () => {
      const response = await fetch(pipeline.urls.stripe, {
        method: "POST",
        headers: sign("stripe", body, pipeline.signing),
        body: new Uint8Array(body),
      });
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("retry-after"), "30");
      assert.ok(!(await response.text()).includes("transactionId"));
      assert.equal(await readItem(pipeline, id), undefined);
    });
    assert.equal((await post(pipeline, "stripe", body)).status, 202);
    before++;
  });
});
