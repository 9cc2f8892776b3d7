import * as assert from "node:assert/strict";
import { DescribeEventBusCommand, ListRulesCommand, ListTagsForResourceCommand, TagResourceCommand } from "@aws-sdk/client-eventbridge";
import { DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, InvokeCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, ListQueuesCommand, ListQueueTagsCommand } from "@aws-sdk/client-sqs";
import { Webhook } from "standardwebhooks";
import { Status } from "../../domain/event";
import type { Command } from "../helpers/commands";
import { Endpoint } from "../helpers/endpoint";
import { eventually } from "../helpers/eventually";
import { Operator } from "../helpers/operator";
import { itemWithStatus, send, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

describe("listen, with no more permissions than the stack's output operatorPolicy gives", () => {
  const endpoint = new Endpoint();
  let pipeline: PipelineUnderTest;
  let operator: Operator;
  let running: Command | undefined;
  before(async () => {
    await endpoint.start();
    pipeline = await sharedPipeline();
    // The emulator asks for these on the bus, or on everything, instead of the rule.
    const onBus = { Effect: "Allow", Action: ["events:PutTargets", "events:RemoveTargets"], Resource: await busArn() };
    const onEverything = { Effect: "Allow", Action: ["events:ListTagsForResource"], Resource: "*" };
    operator = await Operator.create(pipeline, "listener", [onBus, onEverything]);
  });
  beforeEach(() => {
    endpoint.received.length = 0;
    endpoint.answer = () => 204;
  });
  afterEach(async () => {
    running?.child.kill("SIGINT");
    await running?.ended;
    running = undefined;
  });
  after(async () => {
    operator?.stop();
    await endpoint.stop();
  });

  async function busArn(): Promise<string> {
    const { Arn } = await pipeline.clients.eventBridge.send(new DescribeEventBusCommand({ Name: pipeline.outputs.eventBusName }));
    return Arn!;
  }

  /** Starts the command, and waits until it forwards. */
  async function listen(...args: string[]): Promise<{ name: string; command: Command }> {
    const command = operator.runCommand("listen", "--forward-to", endpoint.url, ...args);
    running = command;
    const name = await eventually("the command to forward", async () => {
      assert.equal(command.child.exitCode, null, command.printedErrors);
      return /removes (webhook-listen-\S+)\.\n/.exec(command.printedErrors)?.[1];
    });
    return { name, command };
  }
  async function publish(provider: "stripe" | "square", changes: object = {}): Promise<string> {
    const id = (await send(pipeline, provider, changes)).body.transactionId!;
    await itemWithStatus(pipeline, id, Status.processed);
    return id;
  }
  const forwarded = (id: string) =>
    eventually(`${id} to be forwarded`, async () => endpoint.received.find(({ body }) => body.includes(JSON.stringify(id))));
  /** Lists the rules and queues of `listen`. */
  async function left(): Promise<string[]> {
    const { eventBridge, sqs } = pipeline.clients;
    const EventBusName = pipeline.outputs.eventBusName;
    const { Rules = [] } = await eventBridge.send(new ListRulesCommand({ EventBusName, NamePrefix: "webhook-listen-" }));
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: "webhook-listen-" }));
    return [...Rules.map(({ Name }) => Name!), ...QueueUrls];
  }

  /** Lets the end of a rule pass. */
  async function end(name: string): Promise<void> {
    const ResourceARN = `${(await busArn()).replace(":event-bus/", ":rule/")}/${name}`;
    const Value = new Date(Date.now() - 1).toISOString();
    await pipeline.clients.eventBridge.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: "ListenUntil", Value }] }));
  }

  it("posts each event as a delivery, signed with a secret that stays the same, and prints a line about it", async () => {
    const { command } = await listen();
    const secret = /WEBHOOK_SECRET=(whsec_\S+)\n/.exec(command.printedErrors)![1];
    const id = await publish("stripe");
    const { headers, body, method } = await forwarded(id);
    assert.equal(method, "POST");
    const { type, data } = new Webhook(secret).verify(body, headers as Record<string, string>) as { type: string; data: object };
    assert.equal(type, "payment.succeeded");
    assert.deepEqual((data as { transactionId: string }).transactionId, id);
    assert.ok(!("payload" in data) && !("normalized" in data));
    assert.deepEqual([headers["webhook-attempt"], headers["webhook-trigger"]], ["1", "event"]);
    await eventually(
      "its line",
      async () => new RegExp(`^\\S+Z {2}204 +\\d+ ms {2}${id} {2}payment_intent`, "m").test(command.printed) || undefined,
    );
    command.child.kill("SIGINT");
    assert.equal((await command.ended).code, 130);
    assert.deepEqual(await left(), []);

    endpoint.answer = () => 500;
    const again = await listen("--json", "--payload", "full");
    assert.ok(!again.command.printedErrors.includes("whsec_"), "printed once");
    const other = await publish("stripe");
    const request = await forwarded(other);
    const full = new Webhook(secret).verify(request.body, request.headers as Record<string, string>) as {
      data: { payload: { text: string } };
    };
    assert.equal((JSON.parse(full.data.payload.text) as { object: string }).object, "event");
    const line = await eventually("its line", async () => again.command.printed || undefined);
    const { status, transactionId } = JSON.parse(line) as Record<string, unknown>;
    assert.deepEqual([status, transactionId], [500, other]);
  });

  it("posts what --sources and --kinds choose alone", async () => {
    await listen("--sources", "square", "--kinds", "refund,payment.succeeded");
    const stripe = await publish("stripe");
    const square = await publish("square");
    await forwarded(square);
    assert.ok(!endpoint.received.some(({ body }) => body.includes(stripe)));
  });

  it("makes a queue that its rule alone may send to, and tags both with their end", async () => {
    const { name } = await listen();
    const { eventBridge, sqs } = pipeline.clients;
    const EventBusName = pipeline.outputs.eventBusName;
    const { Rules = [] } = await eventBridge.send(new ListRulesCommand({ EventBusName, NamePrefix: name }));
    const { Tags = [] } = await eventBridge.send(new ListTagsForResourceCommand({ ResourceARN: Rules[0].Arn }));
    const QueueUrl = pipeline.outputs.deadLetterQueueUrl.replace(/[^/]+$/, name);
    const { Tags: tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }));
    const hours = (Date.parse(Tags.find(({ Key }) => Key === "ListenUntil")!.Value!) - Date.now()) / 3_600_000;
    assert.ok(hours > 23 && hours <= 24, `${hours} hours`);
    assert.equal(tags!.ListenUntil, Tags[0].Value);
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    const { Statement } = JSON.parse(Attributes!.Policy!) as { Statement: { Condition: object; Principal: object; Resource: string }[] };
    assert.deepEqual(
      Statement.map(({ Condition, Principal, Resource }) => [Principal, Resource, Condition]),
      [[{ Service: "events.amazonaws.com" }, Attributes!.QueueArn, { ArnEquals: { "aws:SourceArn": Rules[0].Arn } }]],
    );
  });

  it("goes on where nobody answers, and says so", async () => {
    const { command } = await listen();
    endpoint.answer = (_request, response) => void response.destroy();
    const id = await publish("stripe");
    await eventually("its line", async () => new RegExp(`ECONNRESET +\\d+ ms {2}${id}`).test(command.printed) || undefined);
    endpoint.answer = () => 200;
    await forwarded(await publish("stripe"));
  });

  it("leaves its queue and rule if it dies, and the reconciler removes them once their end has passed", async () => {
    const { command, name } = await listen();
    command.child.kill("SIGKILL");
    await command.ended;
    const { iam, lambda } = pipeline.clients;
    // The emulator asks for these on the bus, or on everything.
    const Statement = [{ Effect: "Allow", Action: ["events:RemoveTargets", "events:ListTagsForResource"], Resource: "*" }];
    const role = { RoleName: "webhook-reconcile-test", PolicyName: "emulator" };
    const FunctionName = pipeline.outputs.reconcileFunctionName;
    /** Runs the reconciler in a new container, which looks at its first run. */
    const reconcile = async () => {
      const { Timeout } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
      await lambda.send(new InvokeCommand({ FunctionName, Payload: "{}" }));
    };
    await iam.send(new PutRolePolicyCommand({ ...role, PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }) }));
    try {
      await reconcile();
      assert.equal((await left()).length, 2, "their end is a day away");
      await end(name);
      await reconcile();
      assert.deepEqual(await left(), []);
    } finally {
      await iam.send(new DeleteRolePolicyCommand(role));
    }
  });

  it("removes what an earlier one has left, once its end has passed", async () => {
    const died = await listen();
    died.command.child.kill("SIGKILL");
    await died.command.ended;
    await end(died.name);
    const { command, name } = await listen();
    const rest = await left();
    assert.equal(rest.length, 2);
    assert.ok(rest.every((one) => one.endsWith(name)));
    assert.ok(!command.printedErrors.includes("could not be removed"), command.printedErrors);
  });

  it("refuses a source that is not there, with nothing made", async () => {
    const { code, stderr } = await operator.runCommand("listen", "--forward-to", endpoint.url, "--sources", "strip").ended;
    assert.equal(code, 2);
    assert.match(stderr, /^--sources is "strip"\. Allowed: /);
    assert.deepEqual(await left(), []);
  });
});
