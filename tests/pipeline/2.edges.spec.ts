import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { entryFrom, readTokens, removeTokens } from "../../cli/secrets/handshakes";
import { findSecret, readSecret, writeSecret } from "../../cli/secrets/rotation";
import type { SecretsTarget } from "../../cli/lib/target";
import type { ProviderDescription } from "../../domain/description";
import { Attribute, Status } from "../../domain/event";
import { payloadInItem } from "../../domain/payload";
import { connectionTo } from "../../local/clients";
import { deploySettings, type LocalPipeline } from "../../local/pipeline";
import { postAsIs } from "../../local/post";
import { sampleOf } from "../../local/samples";
import { seal, sign } from "../../local/signing";
import { withNamespace } from "../../local/settings";
import { describing, multipartWithFile } from "../helpers/described";
import { itemWithStatus, sharedPipeline, userWith, type PipelineUnderTest } from "../helpers/pipeline";

const region = "us-east-1";
const suffix = "edges";
const documents = describing({}, { mediaTypes: ["multipart"], jsonField: "json", identity: { paths: ["id"] }, type: { paths: ["type"] } });
const described: Record<string, ProviderDescription> = {
  documents,
  scans: describing({}, { mediaTypes: ["bytes"] }),
  boards: describing({}, { answersHead: true }),
};
const sources = Object.entries(described).map(([name, description]) => ({ name, provider: "custom", description }));

/** A second pipeline on the same local AWS, with sources that the one of every provider does not have. */
describe("The pipeline of sources with forms, bytes, a HEAD and a token", () => {
  let pipeline: PipelineUnderTest;
  before(async () => {
    const shared = await sharedPipeline();
    const own = {
      sources: JSON.stringify([...sources, { name: "notion", provider: "notion" }]),
      throttleBurst: "50",
      manageApiGatewayAccount: "false",
    };
    const config = { ...withNamespace("webhook-pipeline", own), "aws:region": region };
    // Notion gets no secret: it posts one.
    const deployed = await deploySettings(shared, {
      project: "webhook-pipeline",
      stack: suffix,
      config,
      sources,
      destinations: [],
      notes: [],
    });
    pipeline = { ...deployed, clients: shared.clients } as LocalPipeline as PipelineUnderTest;
  });

  const processed = async (id: string) => itemWithStatus(pipeline, id, Status.processed);
  const postSigned = (source: string, body: Buffer, headers: Record<string, string> = {}) =>
    postAsIs(pipeline, source, body, { ...sign(source, body, pipeline.signing), ...headers });

  it("processes the JSON in a multipart form whose file is not UTF-8, and keeps the form byte for byte", async () => {
    const { body, contentType } = await multipartWithFile('{"id":"e1","type":"signature_request_signed"}');
    const { status, transactionId, text } = await postSigned("documents", body, { "content-type": contentType });
    assert.deepEqual([status, transactionId], [202, "documents#e1"], text);
    const item = await processed("documents#e1");
    assert.equal(item[Attribute.eventType].S, "signature_request_signed");
    assert.equal(item[Attribute.kind].S, "other");
    assert.deepEqual(Buffer.from(payloadInItem(item)!), body);
  });

  it("processes a sample of the local run in such a form", async () => {
    const body = seal("documents", sampleOf(sources[0]).body, pipeline.signing);
    const { status, transactionId } = await postSigned("documents", body);
    assert.equal(status, 202);
    await processed(transactionId!);
  });

  it("verifies bytes that are not UTF-8, and keeps them as they are", async () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const { status, transactionId, text } = await postSigned("scans", body);
    assert.equal(status, 202, text);
    assert.deepEqual(Buffer.from(payloadInItem(await processed(transactionId!))!), body);
  });

  it("answers a HEAD of the source alone whose provider sends one", async () => {
    const statusOf = async (source: string) => (await fetch(pipeline.urls[source], { method: "HEAD" })).status;
    assert.equal(await statusOf("boards"), 200);
    assert.notEqual(await statusOf("scans"), 200);
  });

  it("makes the token that Notion posts its secret, once an operator says so, with only the permissions of secretsPolicy", async () => {
    const token = "secret_pipeline1";
    const handshake = () =>
      postAsIs(pipeline, "notion", Buffer.from(JSON.stringify({ verification_token: token })), { "content-type": "application/json" });
    assert.equal((await handshake()).status, 200);
    const keys = await userWith(pipeline, "secret-keeper", String(pipeline.outputs.secretsPolicy));
    const connection = connectionTo({ ...pipeline, ...keys });
    const { tableName } = pipeline.outputs;
    const clients = { secretsManager: new SecretsManagerClient(connection), dynamodb: new DynamoDBClient(connection) };
    const target = { ...clients, ...(pipeline.outputs as unknown as SecretsTarget), destinations: {}, tableName, ...clients };
    const source = findSecret(target, "notion");
    const tokens = await readTokens(target, source, new Date());
    assert.deepEqual(
      tokens.map((one) => one.token),
      [token],
    );
    assert.equal((await readSecret(target, source)).since, undefined, "nothing uses the token yet");
    await writeSecret(target, source, [entryFrom(tokens, source)]);
    await removeTokens(target, source, tokens);
    assert.deepEqual(await readTokens(target, source, new Date()), []);

    const body = Buffer.from('{"id":"n1","type":"page.created"}');
    const signature = `sha256=${createHmac("sha256", token).update(body).digest("hex")}`;
    const { status } = await postAsIs(pipeline, "notion", body, { "content-type": "application/json", "x-notion-signature": signature });
    assert.equal(status, 202);
    await processed("notion#n1");
    assert.equal((await handshake()).status, 401, "a stranger's token touches no secret");
    const Key = { [Attribute.transactionId]: { S: "notion#n1" } };
    await assert.rejects(clients.dynamodb.send(new GetItemCommand({ TableName: tableName, Key })), { name: "AccessDeniedException" });
  });
});
