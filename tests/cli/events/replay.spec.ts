import * as assert from "node:assert/strict";
import { DescribeArchiveCommand, EventBridgeClient, PutEventsCommand, StartReplayCommand } from "@aws-sdk/client-eventbridge";
import { mockClient } from "aws-sdk-client-mock";
import { startReplay } from "../../../cli/events/archive";
import { publishAll } from "../../../cli/events/publish";
import { continuation, notRedelivered } from "../../../cli/events/replay";
import { runProgram } from "../../helpers/script";
import { fakeTable, type FakeTable } from "./fakeTable";

const receivedAt = "2026-01-31T12:00:00.000Z";
const account = "eu-central-1:123456789012";

describe("A replay of single events", () => {
  const mock = mockClient(EventBridgeClient);
  const eventBridge = new EventBridgeClient({});
  let fake: FakeTable;
  beforeEach(() => {
    mock.reset();
    fake = fakeTable();
    for (let index = 0; index < 25; index++) {
      const normalized = {
        amount: { M: { value: { N: "100" }, currency: { S: "EUR" }, exponent: { N: "2" } } },
        test: { BOOL: true },
        customerReference: { S: "cus_1" },
      };
      fake.put(`stripe#${index}`, "PROCESSED", receivedAt, {
        event_type: { S: "charge.refunded" },
        kind: { S: "refund" },
        occurred_at: { S: "2026-01-31T11:59:00Z" },
        normalized: { M: normalized },
      });
    }
  });
  afterEach(() => fake.restore());
  after(() => mock.restore());
  const chosen = (...ids: string[]) => ids.map((transactionId) => ({ transactionId }));
  const all = () => chosen(...fake.items.keys());
  const target = () => ({ ...fake.table, eventBridge, eventBusName: "bus" });
  it("says which command delivers again what a destination has failed to deliver, if the stack posts to one", () => {
    const at = { queueUrl: "https://q", deadLetterQueueUrl: "https://d", ruleName: "r" };
    const [orders, ledger] = [
      { ...at, type: "https" },
      { ...at, type: "queue" },
    ] as const;
    const [first, second] = notRedelivered({ destinations: { ledger, orders } }, "prod");
    assert.match(first, /^A delivery that is DELIVERED or FAILED stays so, also after this replay \(orders\)\./);
    assert.equal(second, "  npx webhook-pipeline destinations redeliver orders --failed --stack prod");
    assert.deepEqual(notRedelivered({ destinations: { ledger } }, undefined), []);
  });

  const pace = { rate: 100_000, signal: new AbortController().signal, onProgress: () => {} };
  const entries = () => mock.commandCalls(PutEventsCommand).flatMap(({ args: [{ input }] }) => input.Entries!);

  it("says how far it came where nobody answers any more, so that nothing need be published twice", async () => {
    mock.on(PutEventsCommand).resolvesOnce({ FailedEntryCount: 0, Entries: [] }).rejects(new Error("socket hang up"));
    const { sent: published, done, last, stopped } = await publishAll(target(), all(), { ...pace, rate: 10 });
    assert.deepEqual([published, done, (stopped!.error as Error).message], [10, 10, "socket hang up"]);
    assert.deepEqual([last, stopped!.next], chosen("stripe#9", "stripe#10"));
  });

  it("publishes ten at a time, in their order, and neither amount nor references", async () => {
    mock.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [] });
    const { sent: published, failed, done } = await publishAll(target(), all(), pace);
    assert.deepEqual([published, failed.size, done], [25, 0, 25]);
    assert.deepEqual(
      mock.commandCalls(PutEventsCommand).map(({ args: [{ input }] }) => input.Entries!.length),
      [10, 10, 5],
    );
    const [{ Detail, ...entry }] = entries();
    assert.deepEqual(entry, { EventBusName: "bus", Source: "webhook.pipeline", DetailType: "refund" });
    assert.deepEqual(JSON.parse(Detail!), {
      transactionId: "stripe#0",
      source: "stripe",
      eventType: "charge.refunded",
      kind: "refund",
      occurredAt: "2026-01-31T11:59:00Z",
      receivedAt,
      test: true,
    });
  });

  it("leaves out what is not PROCESSED or unknown, and says so", async () => {
    mock.on(PutEventsCommand).resolves({ Entries: [] });
    fake.put("stripe#failed", "FAILED", receivedAt);
    const { sent: published, failed } = await publishAll(target(), chosen("stripe#failed", "stripe#1", "stripe#nothing"), pace);
    assert.equal(published, 1);
    assert.deepEqual(
      [...failed],
      [
        ["stripe#failed", "It is FAILED. Only a PROCESSED event was published."],
        ["stripe#nothing", "There is no such event."],
      ],
    );
  });

  it("sends again what EventBridge refuses for the moment, and that alone", async () => {
    const refusal = { ErrorCode: "ThrottlingException", ErrorMessage: "slow down" };
    mock
      .on(PutEventsCommand)
      .resolvesOnce({ FailedEntryCount: 1, Entries: [{ EventId: "1" }, refusal] })
      .resolves({ FailedEntryCount: 0, Entries: [{ EventId: "2" }] });
    const { sent: published, failed } = await publishAll(target(), chosen("stripe#1", "stripe#2"), pace);
    assert.deepEqual([published, failed.size], [2, 0]);
    const seen = entries().map(({ Detail }) => (JSON.parse(Detail!) as { transactionId: string }).transactionId);
    assert.deepEqual(seen, ["stripe#1", "stripe#2", "stripe#2"]);
  });

  it("says what EventBridge refuses for good", async () => {
    const refusal = { ErrorCode: "InternalFailure", ErrorMessage: "no" };
    mock.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [refusal] });
    const { sent: published, failed } = await publishAll(target(), chosen("stripe#1"), pace);
    assert.deepEqual([published, [...failed]], [0, [["stripe#1", "EventBridge refused it: InternalFailure: no"]]]);
  });

  it("that was stopped continues with the IDs or from the time of the first event that is left", () => {
    const npx = "npx webhook-pipeline events replay";
    const named = ["stripe#2", "stripe#3"];
    assert.equal(continuation(named, {}, { statuses: [] }, { stack: "dev", rate: 5 }), `${npx} 'stripe#2' 'stripe#3' --stack dev --rate 5`);
    const until = "2026-01-31T13:00:00.000Z";
    assert.equal(
      continuation([], { receivedAt }, { statuses: [], until }, { source: "stripe", yes: true }),
      `${npx} --source stripe --since ${receivedAt} --until ${until} --yes`,
    );
  });

  it("stops where it is told to", async () => {
    mock.on(PutEventsCommand).resolves({ Entries: [] });
    const interruption = new AbortController();
    const onProgress = () => interruption.abort();
    const { sent: published, done } = await publishAll(target(), all(), { rate: 5, signal: interruption.signal, onProgress });
    assert.deepEqual([published, done], [5, 5]);
  });
});

describe("A replay of the archive", () => {
  const mock = mockClient(EventBridgeClient);
  const target = { eventBridge: new EventBridgeClient({}), eventArchiveName: "archive" };
  beforeEach(() => {
    mock.reset();
    mock
      .on(DescribeArchiveCommand)
      .resolves({ ArchiveArn: `arn:aws:events:${account}:archive/archive`, EventSourceArn: `arn:aws:events:${account}:event-bus/bus` });
    mock.on(StartReplayCommand).resolves({});
  });
  after(() => mock.restore());

  for (const [rule, destination] of [
    [undefined, { Arn: `arn:aws:events:${account}:event-bus/bus` }],
    ["accounting", { Arn: `arn:aws:events:${account}:event-bus/bus`, FilterArns: [`arn:aws:events:${account}:rule/bus/accounting`] }],
  ] as const)
    it(`goes to ${rule === undefined ? "every rule" : "one rule by its ARN"}`, async () => {
      await startReplay(target, { since: receivedAt, until: "2026-01-31T13:00:00.000Z", rule });
      const [{ args }] = mock.commandCalls(StartReplayCommand);
      const { ReplayName, ...input } = args[0].input;
      assert.match(ReplayName!, /^archive-\d+$/);
      assert.deepEqual(input, {
        EventSourceArn: `arn:aws:events:${account}:archive/archive`,
        EventStartTime: new Date(receivedAt),
        EventEndTime: new Date("2026-01-31T13:00:00.000Z"),
        Destination: destination,
      });
    });
});

describe("A command line of events", () => {
  const refused: [line: string[], message: RegExp][] = [
    [["replay"], /^Name transaction IDs, or give --source, --kind or --since, .+$/],
    [["replay", "stripe#evt_1", "--since", "1h"], /^--since chooses events, but their IDs are given\. .+$/],
    [["replay", "stripe#evt_1", "--rule", "r"], /^--rule cannot be combined with IDs, .+ Give --since and --until instead: .+$/],
    [["replay", "--kind", "refund", "--since", "1h", "--rule", "r"], /^--rule cannot be combined with IDs, --source or --kind: .+$/],
    [["replay", "--rule", "r"], /^Name transaction IDs, .+$/],
    [["replay", "--since", "9999-12-31"], /^--since \(9999-12-31T.+\) is after --until \(.+\)\. .+$/],
    [["show", ""], /^id is ""\. Allowed: a transaction ID of 1 to 2,048 bytes, .+$/],
    [["redrive", "stripe#evt_1", ""], /^ids is ""\. Allowed: a transaction ID .+$/],
    [["replay", "x".repeat(2_049)], /^ids is "x+"\. Allowed: a transaction ID .+$/],
    [["replay", "--since", "1h", "--until", "2h"], /^--since \(.+\) is after --until \(.+\)\. .+$/],
    [["redrive"], /^Name transaction IDs, or give --all with filters; not both\.$/],
    [["redrive", "stripe#evt_1", "--all"], /^Name transaction IDs, or give --all .+$/],
    [["redrive", "stripe#evt_1", "--kind", "refund"], /^--kind chooses events, but their IDs are given\. .+$/],
    [["redrive", "--all", "--status", "processed"], /^--status is PROCESSED, .+ "events replay" publishes it again\.$/],
    [["list", "--kind", "refunds"], /^--kind is "refunds"\. Allowed: .+$/],
    [["list", "--cursor", "x"], /^--cursor is not one .+$/],
    [["list", "--min-amount", "much"], /^--min-amount is "much"\. Allowed: .+$/],
    [["stats", "--status", "lost"], /^--status is "LOST"\. Allowed: .+$/],
    [["tail", "--status", "lost"], /^--status is "LOST"\. Allowed: .+$/],
  ];
  for (const [line, message] of refused)
    it(`is refused before anything is read: ${line.join(" ")}`, async () => {
      const { status, stdout, stderr } = await runProgram("events", ...line);
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr.trim(), message);
    });
});
