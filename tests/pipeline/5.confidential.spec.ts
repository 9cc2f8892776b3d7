import * as assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetExecutionHistoryCommand, ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { Status } from "../../domain/event";
import { post } from "../../local/post";
import { freshSample } from "../../local/samples";
import { paymentProviders, type PaymentProvider } from "../../local/sources";
import { sign } from "../../local/signing";
import { itemWithStatus, sharedPipeline, whileEventsFail, type PipelineUnderTest } from "../helpers/pipeline";

/** Runs last, so that it also searches the traces of all other suites. */
describe("Confidential data outside the table", () => {
  let pipeline: PipelineUnderTest;
  const canary = `canary${randomUUID().replaceAll("-", "")}`;
  const signatures: string[] = [];
  const ids: string[] = [];
  const places = new Map<string, string>();

  before(async () => {
    pipeline = await sharedPipeline();
    for (const provider of paymentProviders) ids.push(await sendCanary(provider, Status.processed));
    await whileEventsFail(pipeline, async () => {
      ids.push(await sendCanary("stripe", Status.failed));
    });
    await sendBroken();
    places.set("the logs", await allLogs());
    places.set("the executions", await allExecutions());
    places.set("the dead letters", await allDeadLetters());
    places.set("the metrics", JSON.stringify(await pipeline.clients.cloudWatch.send(new ListMetricsCommand({}))));
  });

  for (const place of ["the logs", "the executions", "the dead letters", "the metrics"]) {
    it(`is not in ${place}: the payload`, () => assert.ok(!places.get(place)!.includes(canary)));

    it(`is not in ${place}: a signature`, () => {
      for (const signature of signatures) assert.ok(!places.get(place)!.includes(signature), signature);
    });

    it(`is not in ${place}: a signing secret`, () => {
      const { stripe, square, paypal } = pipeline.signing;
      const keyLine = paypal.privateKey.split("\n")[1];
      for (const secret of [stripe.secret, square.signatureKey, keyLine]) assert.ok(!places.get(place)!.includes(secret));
    });
  }

  it("is searched for in the right places: each event's ID is in logs and executions, the failed one's in the dead letters", () => {
    for (const id of ids) {
      assert.ok(places.get("the logs")!.includes(id), `${id} in the logs`);
      assert.ok(places.get("the executions")!.includes(id), `${id} in the executions`);
    }
    assert.ok(places.get("the dead letters")!.includes(ids.at(-1)!));
  });

  async function sendCanary(provider: PaymentProvider, status: typeof Status.processed | typeof Status.failed): Promise<string> {
    const event = { ...(JSON.parse(freshSample(provider).toString()) as object), note: canary, [canary]: { deep: [canary] } };
    const body = Buffer.from(JSON.stringify(event));
    const headers = sign(provider, body, pipeline.signing);
    signatures.push(
      ...Object.entries(headers).flatMap(([name, value]) => (/signature|sig$/.test(name) ? value.replace(/^.*v1=/, "") : [])),
    );
    const { body: answer } = await post(pipeline, provider, body, headers);
    await itemWithStatus(pipeline, answer.transactionId!, status);
    return answer.transactionId!;
  }

  /** Bodies that parsers quote in their messages: one refused by API Gateway, one by the receiver. */
  async function sendBroken(): Promise<void> {
    for (const body of [`{ "${canary}": `, `"${canary}"`, `{"id": {"${canary}": 1}}`]) await post(pipeline, "stripe", Buffer.from(body));
    const body = freshSample("stripe");
    await post(pipeline, "stripe", Buffer.from(`{"id":"evt_forged","note":"${canary}"}`), sign("stripe", body, pipeline.signing));
  }

  async function allLogs(): Promise<string> {
    const { logs } = pipeline.clients;
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
    const lines: string[] = [];
    for (const { logGroupName } of logGroups) {
      let nextToken: string | undefined;
      do {
        const page = await logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }));
        lines.push(...(page.events ?? []).map(({ message }) => message!));
        nextToken = page.nextToken;
      } while (nextToken);
    }
    return lines.join("\n");
  }

  async function allExecutions(): Promise<string> {
    const { sfn } = pipeline.clients;
    const histories: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(new ListExecutionsCommand({ stateMachineArn: pipeline.outputs.stateMachineArn, nextToken }));
      for (const { executionArn } of page.executions ?? []) {
        histories.push(JSON.stringify(await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))));
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return histories.join("\n");
  }

  async function allDeadLetters(): Promise<string> {
    const bodies: string[] = [];
    for (let empty = false; !empty;) {
      const request = { QueueUrl: pipeline.outputs.deadLetterQueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60 };
      const { Messages = [] } = await pipeline.clients.sqs.send(new ReceiveMessageCommand(request));
      bodies.push(...Messages.map(({ Body }) => Body!));
      empty = Messages.length === 0;
    }
    return bodies.join("\n");
  }
});
