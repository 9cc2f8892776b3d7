import * as assert from "node:assert/strict";
import { Attribute, providerNames, Status } from "../../contract";
import { post } from "../../local/pipeline";
import { freshSample } from "../../local/samples";
import { itemWithStatus, startPipeline, type PipelineUnderTest } from "../helpers/pipeline";

describe("the pipeline on a local AWS", () => {
  let pipeline: PipelineUnderTest;
  before(async () => (pipeline = await startPipeline()));
  after(() => pipeline?.stop());

  for (const provider of providerNames) {
    it(`takes a signed ${provider} event all the way to PROCESSED`, async () => {
      const body = freshSample(provider);
      const { status, body: answer } = await post(pipeline, provider, body);
      assert.equal(status, 202);
      const item = await itemWithStatus(pipeline, answer.transactionId!, Status.processed);
      assert.deepEqual(Buffer.from(item[Attribute.payload].B!), body, "the stored payload is the raw body");
      assert.equal(item[Attribute.normalized].M!.kind.S, "payment.succeeded");
    });
  }
});
