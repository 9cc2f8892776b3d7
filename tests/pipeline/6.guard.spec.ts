import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { zipSync } from "fflate";
import { freshSample } from "../../local/samples";
import { sign } from "../../local/signing";
import { countItems, send as sendEvent, sharedPipeline, userWith, type PipelineUnderTest } from "../helpers/pipeline";
import { send, sendFromAnotherProcess, type Answered } from "../helpers/strangers";
import { startUnguarded } from "../helpers/unguarded";

const region = "us-east-1";
const roleArn = "arn:aws:iam::000000000000:role/attacker";
const functionName = "attack";
const functions = "/2015-03-31/functions";

/** What a page can send without asking first: a signature in the query, made of nothing, and a type that forms have. */
const signedByNobody = (key: string, service: string) =>
  new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${key}/20260101/${region}/${service}/aws4_request`,
    "X-Amz-Date": "20260101T000000Z",
    "X-Amz-Expires": "300",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "0".repeat(64),
  }).toString();

const newFunction = () =>
  JSON.stringify({
    FunctionName: functionName,
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Role: roleArn,
    Code: { ZipFile: Buffer.from(zipSync({ "index.js": Buffer.from("exports.handler = async () => 6 * 7;") })).toString("base64") },
  });

function fromAPage(endpoint: string, target: string, body: string, service = "lambda"): Promise<Answered> {
  const headers = { origin: "https://evil.test", "sec-fetch-site": "cross-site", "content-type": "text/plain" };
  return send(`${endpoint}${target}${target.includes("?") ? "&" : "?"}${signedByNobody("test", service)}`, "POST", headers, body);
}

/** The keys that MiniStack gives a function, as anybody can derive them from its name and its role's. */
function derivedKeys(functionArn: string, role: string) {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const digest = sha256(`${functionArn}:${role}`);
  return { key: `ASIA${digest.slice(0, 16).toUpperCase()}`, secret: sha256(`secret:${digest}`), token: sha256(`token:${digest}`) };
}

const whoAmI = (endpoint: string) => ({
  url: `${endpoint}/`,
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: "Action=GetCallerIdentity&Version=2011-06-15",
  service: "sts",
  region,
});

/** Whether something listens at an address of this machine that is not exactly 127.0.0.1: whatever listens everywhere does. */
function answersAt(host: string, port: string): Promise<boolean> {
  const socket = connect({ host, port: Number(port), timeout: 2_000 });
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    for (const event of ["error", "timeout"]) socket.once(event, () => resolve(false));
  }).finally(() => socket.destroy());
}

describe("The local AWS, which alone would take anybody for its administrator", () => {
  let pipeline: PipelineUnderTest;
  let unguarded: Awaited<ReturnType<typeof startUnguarded>>;
  before(async () => {
    [pipeline, unguarded] = await Promise.all([sharedPipeline(), startUnguarded()]);
  });
  after(() => unguarded?.stop());

  const assertRefused = ({ status, text, headers }: Answered, reason: RegExp) => {
    assert.deepEqual([status, headers["access-control-allow-origin"]], [403, undefined]);
    assert.match((JSON.parse(text) as { message: string }).message, reason);
  };

  it("lets no web page make a function and run it, as it would without the guard", async () => {
    const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
    const role = new URLSearchParams({
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName: "attacker",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
    });
    const asked = await fromAPage(unguarded.endpoint, `/?${role.toString()}`, "", "iam");
    assert.equal(asked.status, 200, asked.text);
    const made = await fromAPage(unguarded.endpoint, functions, newFunction());
    assert.deepEqual([made.status, made.headers["access-control-allow-origin"]], [201, "*"]);
    const run = await fromAPage(unguarded.endpoint, `${functions}/${functionName}/invocations`, "{}");
    assert.deepEqual([run.status, run.text], [200, "42"]);

    assertRefused(await fromAPage(pipeline.endpoint, functions, newFunction()), /from a web page/);
    const preflight = { origin: "https://evil.test", "access-control-request-method": "PUT" };
    assertRefused(await send(`${pipeline.endpoint}${functions}`, "OPTIONS", preflight), /from a web page/);
  });

  it("lets no page in whose name was made to lead to this machine, not even with the run's keys or to the webhooks", async () => {
    const { port } = new URL(pipeline.endpoint);
    const evil = { host: `evil.test:${port}`, "content-type": "application/json" };
    const listed = await send(`${unguarded.endpoint}${functions}?${signedByNobody("test", "lambda")}`, "GET", { host: "evil.test" });
    assert.equal(listed.status, 200);

    assertRefused(await send(`${pipeline.endpoint}${functions}`, "GET", evil), /^The Host must be 127\.0\.0\.1:\d+\.$/);
    assertRefused(await send(pipeline.urls.stripe, "POST", evil, "{}"), /Host/);
    for (const host of ["127.0.0.1", `127.0.0.1:${port}.evil.test`, `bucket.127.0.0.1:${port}`, `api.execute-api.localhost:${port}`])
      assertRefused(await send(pipeline.urls.stripe, "POST", { host }, "{}"), /Host/);
    const own = { key: pipeline.accessKeyId, secret: pipeline.secretAccessKey, headers: { host: evil.host } };
    assertRefused(await sendFromAnotherProcess({ ...whoAmI(pipeline.endpoint), ...own }), /Host/);
  });

  it("takes no other program's keys: those that every MiniStack takes, an account's id, the right id with another secret, or none", async () => {
    for (const key of ["test", "123456789012"]) {
      const { status, headers } = await sendFromAnotherProcess({ ...whoAmI(unguarded.endpoint), key, secret: "anything" });
      assert.deepEqual([status, headers["access-control-allow-origin"]], [200, "*"], key);
    }

    for (const key of ["test", "123456789012", "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"])
      assertRefused(await sendFromAnotherProcess({ ...whoAmI(pipeline.endpoint), key, secret: "test" }), /not one of this run/);
    const other = { key: pipeline.accessKeyId, secret: "test" };
    assertRefused(await sendFromAnotherProcess({ ...whoAmI(pipeline.endpoint), ...other }), /signature/);
    assertRefused(await sendFromAnotherProcess(whoAmI(pipeline.endpoint)), /Only requests with an AWS signature/);
    for (const query of [signedByNobody(pipeline.accessKeyId, "lambda"), "AWSAccessKeyId=test&Signature=x"])
      assertRefused(await send(`${pipeline.endpoint}${functions}?${query}`, "GET", {}), /Authorization header/);
  });

  it("takes the run's keys, for what was signed and now", async () => {
    const own = { ...whoAmI(pipeline.endpoint), key: pipeline.accessKeyId, secret: pipeline.secretAccessKey };
    const { text, headers } = await sendFromAnotherProcess(own);
    assert.match(text, /arn:aws:iam::000000000000:root/);
    assert.equal(headers["access-control-allow-origin"], undefined);
    assertRefused(await sendFromAnotherProcess({ ...own, sentBody: "Action=GetSessionToken" }), /signature|body/);
    const old = { authorization: "", "x-amz-date": "20200101T000000Z" };
    const scope = `${own.key}/20200101/${region}/sts/aws4_request`;
    old.authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`;
    assertRefused(await send(own.url, "POST", old, own.body), /Signature expired/);
  });

  it("gives its functions keys that nobody can derive from their names, and takes those", async () => {
    const attack = derivedKeys(`arn:aws:lambda:${region}:000000000000:function:${functionName}`, roleArn);
    const impersonated = await sendFromAnotherProcess({ ...whoAmI(unguarded.endpoint), ...attack });
    assert.match(impersonated.text, /assumed-role\/attacker\/attack/);

    const FunctionName = pipeline.outputs.receiveFunctionName;
    const { FunctionArn, Role } = await pipeline.clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const before = await countItems(pipeline);
    assert.equal((await sendEvent(pipeline, "stripe")).status, 202, "the function reaches the table with the keys that it has");
    assert.equal(await countItems(pipeline), before + 1);
    const derived = await sendFromAnotherProcess({ ...whoAmI(pipeline.endpoint), ...derivedKeys(FunctionArn!, Role!) });
    assertRefused(derived, /not one of this run/);
  });

  it("keeps its own addresses for the run's keys alone", async () => {
    const user = await userWith(pipeline, "curious", JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }));
    const keys = { key: user.accessKeyId, secret: user.secretAccessKey };
    await sendEvent(pipeline, "stripe");
    const before = await countItems(pipeline);
    assert.ok(before > 0);
    for (const [method, target] of [
      ["GET", "/_ministack/health"],
      ["GET", "/_localstack/health"],
      ["POST", "/_ministack/reset"],
      ["POST", "/_ministack/config"],
      ["GET", "/_aws/sqs/messages"],
    ]) {
      const url = `${pipeline.endpoint}${target}`;
      assertRefused(await send(url, method, {}), /Only requests with an AWS signature/);
      assertRefused(await sendFromAnotherProcess({ url, method, service: "s3", region, ...keys }), /keys of the run alone/);
    }
    assert.equal(await countItems(pipeline), before);
    const health = { url: `${pipeline.endpoint}/_ministack/health`, method: "GET", service: "s3", region };
    const own = { key: pipeline.accessKeyId, secret: pipeline.secretAccessKey };
    assert.equal((await sendFromAnotherProcess({ ...health, ...own })).status, 200);
  });

  it("lets webhooks in from anywhere, and no page read the answer", async () => {
    const page = { origin: "https://evil.test", "sec-fetch-site": "cross-site" };
    const event = freshSample("stripe");
    const answer = await send(pipeline.urls.stripe, "POST", { ...page, ...sign("stripe", event, pipeline.signing) }, event.toString());
    assert.deepEqual([answer.status, answer.headers["access-control-allow-origin"]], [202, undefined]);
    const preflight = await send(pipeline.urls.stripe, "OPTIONS", { ...page, "access-control-request-method": "POST" });
    assert.deepEqual(
      Object.keys(preflight.headers).filter((name) => name.startsWith("access-control")),
      [],
    );
  });

  it("lets nobody from the webhooks' address to another one", async () => {
    const base = pipeline.urls.stripe.replace(/webhook\/stripe$/, "");
    for (const target of ["@connections/1", "../../../../_ministack/health", "%2e%2e/%2e%2e/%2e%2e/_ministack/health"]) {
      const { status } = await send(base + target, "POST", { "x-amz-target": "DynamoDB_20120810.ListTables" }, "{}");
      assert.ok([403, 404].includes(status), `${target}: ${status}`);
    }
    const signed = `${pipeline.urls.stripe}?${signedByNobody("test", "dynamodb")}`;
    assertRefused(await send(signed, "POST", { "x-amz-target": "DynamoDB_20120810.ListTables" }, "{}"), /Authorization header/);
    const socket = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    };
    assert.equal((await send(pipeline.urls.stripe, "GET", socket)).status, 403);
  });

  it("is on the loopback interface alone, with its keys in no list of processes", async () => {
    const { port } = new URL(pipeline.endpoint);
    assert.deepEqual([await answersAt("127.0.0.1", port), await answersAt("127.0.0.2", port)], [true, false]);
    const processes = execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" });
    assert.match(processes, /guard\.py/);
    assert.ok(!processes.includes(pipeline.secretAccessKey) && !processes.includes(pipeline.accessKeyId));
  });
});
