import * as assert from "node:assert/strict";
import { runProgram } from "../../helpers/commands";
import { temporaryFolder } from "../../helpers/script";
import { startStackAt, type StackAt } from "../../helpers/stackAt";
import { runOnTerminal } from "../../helpers/terminal";

/** The server in the shell that prints the outputs. SQS's client sends to the URL of a queue, whatever its endpoint is. */
const server = `'"$AWS_ENDPOINT_URL"'`;
const addresses = { queueUrl: "SERVER/123456789012/webhook-to-orders-dev", deadLetterQueueUrl: "SERVER/123456789012/d", ruleName: "r" };
const outputs = {
  tableName: "webhook-events-dev",
  indexShards: 1,
  eventBusName: "webhook-events-dev",
  webhookUrls: { stripe: "https://example.com/webhook/stripe" },
  destinations: { orders: { type: "https", url: "https://orders.example.com/", ...addresses } },
  deliveriesTableName: "webhook-deliveries-dev",
  deliverFunctionName: "webhook-deliver-dev",
};
/** Answer to whatever the commands read: the destination is paused, and an event is there. */
const event = {
  transaction_id: { S: "stripe#evt_1" },
  received_at: { S: "2026-01-31T12:00:00.000Z" },
  status: { S: "PROCESSED" },
  source: { S: "stripe" },
  event_type: { S: "charge.refunded" },
  kind: { S: "refund" },
  occurred_at: { S: "2026-01-31T11:59:59.000Z" },
  normalized: { M: {} },
};
const answer = {
  Item: { paused: { S: "breaker" } },
  Items: [event],
  Count: 1,
  Responses: { "webhook-events-dev": [event] },
};
const isWrite = (body: string) => /UpdateExpression|MessageBody|EventPattern|"command"/.test(body);

describe("Before it changes a deployed stack, destinations", () => {
  const at = temporaryFolder();
  const bodies: string[] = [];
  let stack: StackAt;
  before(async () => {
    stack = await startStackAt(at, `echo '${JSON.stringify(outputs).replaceAll("SERVER", server)}'`, (body, response) => {
      bodies.push(body);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
    });
  });
  beforeEach(() => (bodies.length = 0));
  after(() => stack.stop());

  for (const [line, question] of [
    [["pause", "orders"], /Pause the deliveries to orders in the stack dev\?/],
    [["resume", "orders"], /Resume the deliveries to orders in the stack dev\? It is paused by its breaker\./],
    [["redeliver", "orders", "stripe#evt_1"], /Send 1 event to orders in the stack dev again\?/],
    [
      ["backfill", "orders", "--since", "2026-01-31"],
      /Send 1 event, received from 2026-01-31T00:00:00\.000Z to \S+, to orders in the stack dev\?/,
    ],
  ] as const) {
    it(`${line[0]} asks, and changes nothing without a yes`, async () => {
      const { status, shown } = await runOnTerminal(["destinations", ...line, "--stack", "dev"], [["(yes/no)", "no\r"]], stack.environment);
      assert.equal(status, 1, shown);
      assert.match(shown, question);
      assert.match(shown, /Nothing was (changed|sent)\./);
      assert.ok(!bodies.some(isWrite), bodies.find(isWrite));
    });

    it(`${line[0]} with --yes writes, and so would be seen above`, async () => {
      await runProgram(["destinations", ...line, "--stack", "dev", "--yes"], stack.environment).ended;
      assert.ok(bodies.some(isWrite), bodies.join("\n"));
    });

    it(`${line[0]} without a terminal needs --yes`, async () => {
      const { code, stdout, stderr } = await runProgram(["destinations", ...line, "--stack", "dev"], stack.environment).ended;
      assert.deepEqual([code, stdout.toString()], [1, ""]);
      assert.match(stderr, /Nobody can be asked here: give --yes\.\n$/);
      assert.ok(!bodies.some(isWrite));
    });
  }

  it("pause --yes does not ask, and names the command that goes on, of the same stack", async () => {
    const { code, stdout, stderr } = await runProgram(["destinations", "pause", "orders", "--yes", "--stack", "dev"], stack.environment)
      .ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout.toString(), / To go on:\n {2}npx webhook-pipeline destinations resume orders --stack dev\n$/);
  });

  for (const [line, message] of [
    [["redeliver", "orders"], /^Name transaction IDs, or give --failed; not both\.\n$/],
    [["redeliver", "orders", "stripe#evt_1", "--failed"], /^Name transaction IDs, or give --failed; not both\.\n$/],
    [
      ["redeliver", "orders", "--failed", "--continue", "backfill-1"],
      /^--continue is "backfill-1"\. Allowed: the name that an interrupted redelivery/,
    ],
    [["backfill", "orders"], /^--since is missing\. Give the time /],
    [["backfill", "orders", "--since", "soon"], /^--since is "soon"\. Allowed: a time, such as /],
    [["show", "orders", "--cursor", "x"], /^--cursor is not one that "destinations show" has printed\./],
    [["show", "order"], /^Unknown destination "order"\. Destinations: orders\.\n$/],
  ] as const)
    it(`is refused before anything is read: ${line.join(" ")}`, async () => {
      const { code, stderr } = await runProgram(["destinations", ...line, "--stack", "dev"], stack.environment).ended;
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.deepEqual(bodies, []);
    });
});
