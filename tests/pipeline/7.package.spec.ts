import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import * as assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Status } from "../../domain/event";
import { freshSample } from "../../local/samples";
import { provision } from "../../local/provision";
import { createKey, secretOf } from "../../local/signing";
import { installPackage, packFile } from "../helpers/packaged";
import { itemWithStatus, send, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

const root = path.resolve(__dirname, "../..");

const program = `const { WebhookPipeline } = require("webhook-pipeline");
const { urls, secretArns, tableName } = new WebhookPipeline("packaged", { sources: ["stripe"] });
module.exports = { urls, secretArns, tableName };
`;

interface Outputs {
  urls: Record<string, string>;
  secretArns: Record<string, string>;
  tableName: string;
}

/** Compiled code and prebuilt bundles, in a folder of their own, beside the pipeline that the other suites use. */
describe("A pipeline of the npm package", () => {
  let folder: string;
  let packaged: PipelineUnderTest;
  let outputs: Outputs;
  before(async () => {
    const shared = await sharedPipeline();
    folder = mkdtempSync(path.join(tmpdir(), "webhook-package-"));
    const consumer = path.join(folder, "shop");
    mkdirSync(consumer);
    installPackage(packFile(folder), consumer);
    writeFileSync(path.join(consumer, "index.js"), program);
    const { endpoint, region, accessKeyId, secretAccessKey } = shared;
    const run = { project: "shop", stack: "dev", config: { "aws:region": region }, entry: path.relative(root, consumer) };
    const result = await provision(run, { endpoint, region, accessKeyId, secretAccessKey });
    outputs = result.outputs as unknown as Outputs;
    const key = await createKey({ name: "stripe", provider: "stripe" }, outputs.urls.stripe);
    const value = { SecretId: outputs.secretArns.stripe, SecretString: JSON.stringify(secretOf(key)) };
    await shared.clients.secretsManager.send(new PutSecretValueCommand(value));
    packaged = { ...shared, urls: outputs.urls, signing: { ...shared.signing, stripe: key } as PipelineUnderTest["signing"] };
    packaged.outputs = { ...shared.outputs, tableName: outputs.tableName };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("stores and processes an event that Stripe has signed", async () => {
    assert.equal(outputs.tableName, "webhook-events-packaged");
    const { status, transactionId } = await send(packaged, "stripe", JSON.parse(freshSample("stripe").toString()) as object);
    assert.equal(status, 202);
    const item = await itemWithStatus(packaged, transactionId!, Status.processed);
    assert.equal(item.kind.S, "payment.succeeded");
  });
});
