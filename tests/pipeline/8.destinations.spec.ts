import * as assert from "node:assert/strict";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeEventBusCommand, StartReplayCommand } from "@aws-sdk/client-eventbridge";
import { ListEventSourceMappingsCommand, type EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { deliveryId, type StoredAttempt } from "../../domain/destinations";
import { Attribute, Status } from "../../domain/event";
import { countWaiting } from "../../local/deliveries";
import { deploySettings } from "../../local/pipeline";
import { withNamespace } from "../../local/settings";
import { Endpoint, type Answering, type Received } from "../helpers/endpoint";
import { eventually } from "../helpers/eventually";
import { Operator } from "../helpers/operator";
import { itemWithStatus, send, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";
import { quick } from "../helpers/scope";

const suffix = "posting";

/** Destinations by their names. Each gets the event types that begin with its name; `watching` gets those of `slow`, too. */
const configured: Record<string, object> = {
  orders: { payload: "full", auth: "basic" },
  bare: { payload: "none", eventTypes: ["orders.*"] },
  refunds: { kinds: ["refund"], eventTypes: ["orders.*"] },
  flaky: {},
  slow: { timeoutSeconds: 30 },
  watching: { eventTypes: ["slow.*"] },
  gone: {},
  moved: {},
};

interface DeliveryRow {
  status: string;
  attempts: number;
  history: StoredAttempt[];
  error?: string;
  trigger: string;
}

describe("A destination", () => {
  let pipeline: PipelineUnderTest;
  const service = new Endpoint();
  const urlOf = (path: string) => `http://127.0.0.1:${service.port}/${path}`;
  /** Answers by path; others are 204. */
  const answers: Record<string, Answering> = {};
  const flakyAt: number[] = [];
  let owner: Operator;
  /** Event that is sent first, because its second attempt takes five seconds. */
  let flaky: Promise<string>;
  before(async () => {
    const shared = await sharedPipeline();
    await service.start();
    service.answer = (request, response) => (answers[request.url.slice(1)] ?? (() => 204))(request, response);
    const destinations = Object.entries(configured).map(([name, keys]) => ({
      name,
      url: `https://${name}.example.com/webhooks`,
      eventTypes: [`${name}.*`],
      auth: "none" as const,
      ...keys,
    }));
    const own = { sources: '["stripe"]', destinations: JSON.stringify(destinations), manageApiGatewayAccount: "false" };
    const deployed = await deploySettings(shared, {
      project: "webhook-pipeline",
      stack: suffix,
      config: { ...withNamespace("webhook-pipeline", own), "aws:region": "us-east-1" },
      sources: [{ name: "stripe", provider: "stripe" }],
      destinations: destinations.map(({ name, url, auth }) => ({ name, url, auth, localUrl: urlOf(name) })),
      notes: [],
    });
    pipeline = { ...deployed, clients: shared.clients } as PipelineUnderTest;
    answers.flaky = (_request, response) => void response.writeHead(flakyAt.push(Date.now()) === 1 ? 500 : 200).end("not now");
    answers.slow = () => {};
    answers.gone = () => 410;
    answers.moved = (_request, response) => void response.writeHead(302, { location: urlOf("trap") }).end();
    owner = Operator.owner(pipeline);
    flaky = sendEvent("flaky.one");
    await flaky;
  });
  after(async () => {
    await service.stop();
    owner?.stop();
  });

  /** Sends an event of a type, and returns its ID. */
  async function sendEvent(type: string, changes: object = {}): Promise<string> {
    const { body, status, text } = await send(pipeline, "stripe", { type, ...changes });
    assert.equal(status, 202, text);
    return body.transactionId!;
  }

  /** Returns the requests to a path, in their order. */
  const received = (path: string) => service.received.filter(({ url }) => url === `/${path}`);
  const transactionOf = ({ body }: Received) => (JSON.parse(body.toString()) as { data: { transactionId: string } }).data.transactionId;
  /** Returns the requests with an event to a destination, as soon as there are so many. */
  const requests = (destination: string, id: string, count = 1) =>
    eventually(`${count} requests to ${destination}`, async () => {
      const own = received(destination).filter((one) => transactionOf(one) === id);
      return own.length >= count ? own : undefined;
    });

  async function readItemOf(id: string): Promise<Record<string, unknown> | undefined> {
    const TableName = pipeline.outputs.deliveriesTableName;
    const { Item } = await pipeline.clients.dynamodb.send(
      new GetItemCommand({ TableName, Key: { delivery_id: { S: id } }, ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  }
  const rowWith = (destination: string, id: string, status: string, trigger = "event") =>
    eventually(`${id} to be ${status} at ${destination}`, async () => {
      const row = (await readItemOf(deliveryId(destination, id))) as DeliveryRow | undefined;
      return row?.status === status && row.trigger === trigger ? row : undefined;
    });

  /** Waits until so many messages are in a queue, in flight or not. */
  const waiting = (queueUrl: string, count: number) =>
    eventually(`${count} messages`, async () => (await countWaiting(pipeline.clients, [queueUrl])) === count || undefined);

  async function mappingOf(destination: string): Promise<EventSourceMappingConfiguration> {
    const { EventSourceMappings = [] } = await pipeline.clients.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: pipeline.outputs.deliverFunctionName }),
    );
    return EventSourceMappings.find(({ EventSourceArn }) => EventSourceArn!.endsWith(`:webhook-to-${destination}-${suffix}`))!;
  }

  /** Runs a command on a destination, and returns what it prints. */
  async function operate(command: string, destination: string): Promise<string> {
    const { code, stdout, stderr } = await owner.runCommand("destinations", command, destination, "--yes").ended;
    assert.equal(code, 0, stderr);
    return stdout.toString();
  }

  it("gets each event that matches, signed, with what is configured, and once", async () => {
    const id = await sendEvent("orders.paid", { note: "Zoë €" });
    const [full] = await requests("orders", id);
    const [bare] = await requests("bare", id);
    for (const [name, { headers, body, method }] of [
      ["orders", full],
      ["bare", bare],
    ] as const) {
      const { secret } = pipeline.destinations[name];
      for (const library of [new Webhook(secret), new SvixWebhook(secret)])
        assert.doesNotThrow(() => library.verify(body.toString(), headers as Record<string, string>), name);
      assert.throws(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>));
      assert.deepEqual([method, headers["webhook-attempt"], headers["webhook-trigger"]], ["POST", "1", "event"]);
      assert.match(String(headers["webhook-id"]), /^msg_[\w-]+$/);
    }
    assert.equal(full.headers["webhook-id"], bare.headers["webhook-id"]);
    assert.match(String(full.headers.authorization), /^Basic [\w+/=]+$/);
    assert.equal(bare.headers.authorization, undefined);

    const item = await itemWithStatus(pipeline, id, Status.processed);
    const { type, timestamp, data } = JSON.parse(full.body.toString()) as {
      type: string;
      timestamp: string;
      data: Record<string, unknown>;
    };
    assert.deepEqual([type, timestamp], [item[Attribute.kind].S, item[Attribute.occurredAt].S]);
    const { normalized, payload, ...published } = data as { payload: { text: string }; normalized: { amount: object } };
    assert.equal((JSON.parse(payload.text) as { note: string }).note, "Zoë €");
    assert.ok(normalized);
    assert.deepEqual(JSON.parse(bare.body.toString()), { type, timestamp, data: published });
    assert.deepEqual(
      (await rowWith("orders", id, "DELIVERED")).history.map(({ status }) => status),
      [204],
    );
    assert.deepEqual([received("refunds"), received("orders").length], [[], 1]);
  });

  it("that does not answer holds up no other", async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, (_, index) => sendEvent(`slow.${index}`)));
    await Promise.all(ids.map((id) => requests("watching", id)));
    assert.ok(received("slow").length > 0);
    for (const id of ids) await rowWith("watching", id, "DELIVERED");
  });

  it("is not followed to where it redirects", async () => {
    const id = await sendEvent("moved.one");
    await requests("moved", id);
    assert.match((await rowWith("moved", id, "OPEN")).error!, /302/);
    assert.deepEqual(received("trap"), []);
  });

  it("that answers 410 is paused, and gets what has waited when an operator resumes it", async () => {
    const first = await sendEvent("gone.one");
    await requests("gone", first);
    await eventually("the pause", async () => (await readItemOf("gone"))?.paused === "endpoint" || undefined);
    await eventually("the mapping to be disabled", async () => (await mappingOf("gone")).State === "Disabled" || undefined);
    const second = await sendEvent("gone.two");
    await itemWithStatus(pipeline, second, Status.processed);
    assert.equal(received("gone").length, 1);
    answers.gone = () => 204;
    assert.match(await operate("resume", "gone"), /^gone is resumed\./);
    // The first one's message is hidden for half a minute.
    for (const id of quick ? [second] : [second, first]) await rowWith("gone", id, "DELIVERED");
    assert.equal((await mappingOf("gone")).State, "Enabled");
  });

  it("that an operator pauses gets what has waited when it is resumed, and others get it at once", async () => {
    assert.match(await operate("pause", "bare"), /^bare is paused\./);
    const before = received("bare").length;
    const id = await sendEvent("orders.during-pause");
    await rowWith("orders", id, "DELIVERED");
    assert.equal(received("bare").length, before);
    await operate("resume", "bare");
    await rowWith("bare", id, "DELIVERED");
  });

  it("gets an event again in a replay, but not a duplicate of the bus", async () => {
    const { sqs, eventBridge } = pipeline.clients;
    // The archive has whole seconds.
    const EventStartTime = new Date(Date.now() - 1_000);
    const id = await sendEvent("orders.again");
    await rowWith("orders", id, "DELIVERED");
    const { queueUrl } = pipeline.outputs.destinations!.orders;
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify({ detail: { transactionId: id } }) }));
    const { eventBusName, eventArchiveName } = pipeline.outputs;
    const { Arn } = await eventBridge.send(new DescribeEventBusCommand({ Name: eventBusName }));
    await eventBridge.send(
      new StartReplayCommand({
        ReplayName: "again",
        EventSourceArn: Arn!.replace(/event-bus.*$/, `archive/${String(eventArchiveName)}`),
        EventStartTime,
        EventEndTime: new Date(Date.now() + 1_000),
        Destination: { Arn },
      }),
    );
    const [first, again] = await requests("orders", id, 2);
    assert.deepEqual(
      [first, again].map(({ headers }) => headers["webhook-trigger"]),
      ["event", "redelivery"],
    );
    assert.equal(first.headers["webhook-id"], again.headers["webhook-id"]);
    await rowWith("orders", id, "DELIVERED", "redelivery");
    await waiting(queueUrl, 0);
    assert.equal((await requests("orders", id)).length, 2, "the duplicate is not sent");
  });

  it("gets an event again after it answered 500, at the time of the schedule", async () => {
    const id = await flaky;
    const [first, second] = await requests("flaky", id, 2);
    const seconds = (flakyAt[1] - flakyAt[0]) / 1_000;
    assert.ok(seconds >= 4 && seconds < 60, `${seconds} s`);
    assert.deepEqual(
      [first, second].map(({ headers }) => headers["webhook-attempt"]),
      ["1", "2"],
    );
    assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
    assert.notEqual(first.headers["webhook-timestamp"], second.headers["webhook-timestamp"]);
    const { attempts, history } = await rowWith("flaky", id, "DELIVERED");
    assert.deepEqual(
      [attempts, history.map(({ status, body }) => [status, body])],
      [
        2,
        [
          [500, "not now"],
          [200, undefined],
        ],
      ],
    );
  });
});
