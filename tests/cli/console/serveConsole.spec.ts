import * as assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { existsSync, chmodSync, readFileSync, writeFileSync } from "node:fs";
import type { Session } from "../../../cli/console/api";
import { serveConsole } from "../../../cli/console/serveConsole";
import { UsageError } from "../../../cli/lib/errors";
import { runProgram, type Command } from "../../helpers/commands";
import { eventually } from "../../helpers/eventually";
import { runProgram as runHere, temporaryFolder } from "../../helpers/script";
import { startStackAt, type StackAt } from "../../helpers/stackAt";

/** Outputs of a stack, as far as the console needs them. */
const outputs = {
  tableName: "webhook-events-dev",
  payloadBucketName: "webhook-payloads-dev",
  deadLetterQueueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-dead-letters-dev",
  eventBusName: "webhook-events-dev",
  indexShards: 4,
  webhookUrls: { stripe: "https://example.com/webhook/stripe", github: "https://example.com/webhook/github" },
  destinations: { ledger: { type: "queue", queueUrl: "https://q", deadLetterQueueUrl: "https://d", ruleName: "r" } },
  sources: { stripe: { provider: "stripe" }, github: { provider: "github" } },
  secretArns: { stripe: "arn:stripe", github: "arn:github" },
  pipeName: "webhook-events-dev",
  stageName: "webhook-api-dev",
  stateMachineArn: "arn:aws:states:eu-central-1:123456789012:stateMachine:webhook-workflow-dev",
};

describe("The command console", () => {
  const at = temporaryFolder();
  let stack: StackAt;
  /** Requests that reached AWS. */
  let requests: string[];
  const running: Command[] = [];
  before(async () => {
    stack = await startStackAt(at, `cat '${at("outputs.json")}'`, (body, response) => {
      requests.push(body);
      response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify({ __type: "AccessDeniedException", message: "not authorized to perform: dynamodb:UpdateItem" }));
    });
  });
  beforeEach(() => {
    requests = [];
    writeFileSync(at("outputs.json"), JSON.stringify(outputs));
  });
  after(() => stack.stop());
  afterEach(async () => {
    for (const command of running.splice(0)) {
      command.child.kill("SIGINT");
      await command.ended;
    }
  });

  function start(...args: string[]): Command {
    const environment = { ...stack.environment, LOCAL_RUN_FOLDER: at("no-run"), OPENED: at("opened") };
    const command = runProgram(["console", ...args], environment);
    running.push(command);
    return command;
  }

  /** Waits until a console is served. */
  async function served(command: Command) {
    const url = await eventually("the address", async () => /http:\S+(?=\n)/.exec(command.printed)?.[0]);
    const { origin, hash } = new URL(url);
    const headers = { authorization: `Bearer ${hash.replace("#token=", "")}`, origin, "content-type": "application/json" };
    return { url, ask: (path: string, init: RequestInit = {}) => fetch(origin + path, { headers, ...init }) };
  }
  const redrive = { method: "POST", body: '{"ids":["stripe#evt_1"]}' };

  it("refuses --write without a stack, before it looks for one", async () => {
    const sentence = "--write is for a deployed stack. Name it with --stack, or leave --write out.";
    await assert.rejects(async () => serveConsole({ write: true }), new UsageError(sentence));
    const { status, stdout, stderr } = await runHere("console", "--write");
    assert.deepEqual([status, stdout, stderr.trim()], [2, "", sentence]);
  });

  it("says which stacks there are, where one has no file", async () => {
    const { status, stderr } = await runHere("console", "--stack", "nothing");
    assert.equal(status, 3);
    assert.match(stderr, /^No Pulumi\.nothing\.yaml here\. Stacks: /);
  });

  it("says how to start a local run where there is none", async () => {
    const { code, stdout, stderr } = await start().ended;
    assert.deepEqual([code, stdout.toString()], [3, ""]);
    assert.match(stderr, /^No pipeline runs here\. Start one with /);
  });

  it("says that a stack of an older version must be deployed again", async () => {
    writeFileSync(at("outputs.json"), JSON.stringify({ ...outputs, stateMachineArn: undefined }));
    const { code, stdout, stderr } = await start("--stack", "dev").ended;
    assert.deepEqual([code, stdout.toString()], [1, ""]);
    assert.match(stderr, /^The stack dev was deployed by an older version of this program\. Run pulumi up --stack dev\./);
  });

  it("serves a stack read-only, and asks AWS for nothing before a page does", async () => {
    const command = start("--stack", "dev");
    const { url, ask } = await served(command);
    assert.equal(command.printed, `${url}\n`);
    assert.equal(command.printedErrors, "The console of the stack dev, read-only. Ctrl-C ends it.\n");
    const expected: Session = {
      stack: "dev",
      place: "AWS",
      account: "123456789012",
      region: "eu-central-1",
      canWrite: false,
      pollMs: 3_000,
      sources: ["github", "stripe"],
      destinations: [{ name: "ledger", type: "queue" }],
      eventBusName: "webhook-events-dev",
    };
    assert.deepEqual(await (await ask("/api/session")).json(), expected);
    const refused = await ask("/api/redrive", redrive);
    assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [403, "read_only"]);
    assert.equal((await ask("/api/sample?source=stripe")).status, 409);
    assert.deepEqual(requests, []);
    command.child.kill("SIGINT");
    assert.equal((await command.ended).code, 130);
    await assert.rejects(ask("/api/session"), /fetch failed/);
  });

  it("lets the page act on a stack with --write, and opens the browser, whose command line has no token", async () => {
    for (const name of ["xdg-open", "open"]) {
      writeFileSync(at(name), '#!/bin/sh\nprintf \'%s\\n\' "$@" > "$OPENED.part" && mv "$OPENED.part" "$OPENED"\n');
      chmodSync(at(name), 0o755);
    }
    const command = start("--stack", "dev", "--write", "--open");
    const { url, ask } = await served(command);
    const opened = await eventually("the opener", async () => (existsSync(at("opened")) ? readFileSync(at("opened"), "utf8") : undefined));
    assert.doesNotMatch(opened, /token/);
    assert.ok(readFileSync(opened.trim(), "utf8").includes(url));
    assert.equal(command.printedErrors, "The console of the stack dev. Ctrl-C ends it.\n");
    assert.equal(((await (await ask("/api/session")).json()) as Session).canWrite, true);
    await ask("/api/redrive", redrive);
    assert.equal(requests.filter((body) => body.includes("UpdateExpression")).length, 1);
  });

  it("says that a port is not free", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stdout, stderr } = await start("--stack", "dev", "--port", String(port)).ended;
    other.close();
    assert.deepEqual([code, stdout.toString(), stderr.trim()], [1, "", `Port ${port} is not free. Give another --port, or leave it out.`]);
  });
});
