import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { pauseDestination, resumeDestination } from "../../../cli/destinations/pause";
import { describePause } from "../../../cli/destinations/state";
import { printedBy } from "../../helpers/deployedStack";
import { stack, withFakeStack } from "./fakeStack";

const yes = { stack, yes: true };
const at = "2026-01-31T12:00:00.000Z";

describe("A pause of a destination", () => {
  const fake = withFakeStack();
  beforeEach(() => {
    fake.dynamodb.on(GetItemCommand).resolves({});
    fake.dynamodb.on(UpdateItemCommand).resolves({});
    fake.lambda.on(InvokeCommand).resolves({});
  });
  const isPaused = (paused: object | undefined) => fake.dynamodb.on(GetItemCommand).resolves({ Item: paused as never });
  const refused = () =>
    fake.dynamodb.on(UpdateItemCommand).rejects(new ConditionalCheckFailedException({ message: "failed", $metadata: {} }));

  it("is written, and the command says how to go on", async () => {
    isPaused({ paused: { S: "operator" }, paused_at: { S: at } });
    const { stdout } = await printedBy(() => pauseDestination("orders", yes));
    assert.equal(
      stdout,
      "orders is paused. Events wait in its queue, for 14 days at most. To go on:\n  npx webhook-pipeline destinations resume orders --stack dev\n",
    );
    const json = await printedBy(() => pauseDestination("orders", { ...yes, json: true, reason: "moving" }));
    assert.deepEqual(JSON.parse(json.stdout), {
      destination: "orders",
      changed: true,
      state: "paused",
      paused: { by: "operator", since: at },
    });
  });

  it("changes nothing where it has just been resumed by somebody else", async () => {
    refused();
    isPaused(undefined);
    const { stdout } = await printedBy(() => pauseDestination("orders", yes));
    assert.equal(stdout, "orders was paused before: it has just been resumed. Nothing was changed.\n");
  });

  it("ends with a resume, which says what happens, and does so once", async () => {
    isPaused({ paused: { S: "endpoint" }, pause_reason: { S: "410" } });
    assert.equal(
      (await printedBy(() => resumeDestination("orders", yes))).stdout,
      "orders is resumed. Its rate rises over some minutes.\n",
    );
    refused();
    assert.equal((await printedBy(() => resumeDestination("orders", yes))).stdout, "orders is not paused. Nothing was changed.\n");
  });

  it("is stored, and says so, where the function does not follow at once", async () => {
    fake.lambda.on(InvokeCommand).rejects(Object.assign(new Error("slow down"), { name: "TooManyRequestsException", $metadata: {} }));
    const { code, stderr } = await printedBy(() => pauseDestination("orders", yes));
    assert.equal(code, 0);
    assert.match(stderr, /^The state is stored, and takes effect within a minute instead of at once\. .*slow down/);
  });

  it("says who has paused it before, and changes nothing", async () => {
    refused();
    isPaused({ paused: { S: "operator" }, paused_at: { S: at } });
    const paused = await printedBy(() => pauseDestination("orders", { ...yes, reason: "moving" }));
    assert.equal(paused.stdout, `orders was paused before: paused by an operator since ${at}. Nothing was changed.\n`);
    isPaused(undefined);
    const json = await printedBy(() => pauseDestination("orders", { ...yes, json: true }));
    assert.deepEqual(JSON.parse(json.stdout), { destination: "orders", changed: false, state: "delivering" });
    const resumed = await printedBy(() => resumeDestination("orders", { stack }));
    assert.equal(resumed.stdout, "orders is not paused. Nothing was changed.\n");
  });

  it("ends with a resume, which writes, and has the function follow", async () => {
    isPaused({ paused: { S: "breaker" } });
    const { stdout } = await printedBy(() => resumeDestination("orders", { ...yes, json: true }));
    assert.deepEqual(JSON.parse(stdout), { destination: "orders", changed: true, state: "delivering" });
    const { Payload } = fake.lambda.commandCalls(InvokeCommand)[0].args[0].input as { Payload: Buffer };
    assert.deepEqual(JSON.parse(Payload.toString()), { command: "follow", destination: "orders" });
  });

  it("is a pause without a time or a reason, and by whom it is", () => {
    assert.equal(describePause({ by: "endpoint" }), "paused by its endpoint");
    assert.equal(describePause({ by: "new" as never }), "paused by new");
  });
});
