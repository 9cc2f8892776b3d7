import * as assert from "node:assert/strict";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { command, describePause, readPause, writePause, writeResume } from "../../../cli/destinations/state";
import type { DeliveringTarget } from "../../../cli/destinations/target";
import { UserError } from "../../../domain/userError";
import { dynamodb } from "../../../handlers/aws/dynamodb";
import { countFailure, pause, readState, resume } from "../../../handlers/deliver/state";
import { Tables } from "../../helpers/tables";

const now = new Date("2026-01-31T12:00:00Z");

/** The function and the commands write the same item: each test lets one write, and the other read. */
describe("A destination's pause", () => {
  const tables = new Tables();
  before(() => tables.start());
  after(() => tables.stop());
  const table = { dynamodb, deliveriesTableName: tables.deliveries };
  let name: string;
  let names = 0;
  beforeEach(() => (name = `orders-${++names}`));

  it("of an operator stops the function, with its reason", async () => {
    assert.equal(await readPause(table, name), undefined);
    assert.equal(await writePause(table, name, "moving the database", now), true);
    const { paused, pausedAt } = await readState(name, true);
    assert.deepEqual([paused, pausedAt], ["operator", now.toISOString()]);
    const found = (await readPause(table, name))!;
    assert.equal(describePause(found), "paused by an operator since 2026-01-31T12:00:00.000Z: moving the database");
  });

  it("of an operator stays when the breaker opens, the endpoint refuses, a probe succeeds, or another operator pauses", async () => {
    await writePause(table, name, "first", now);
    assert.equal(await pause(name, "breaker", "failures", now.getTime()), false);
    assert.equal(await pause(name, "endpoint", "gone", now.getTime()), false);
    assert.equal(await resume(name, now.getTime()), false);
    assert.equal(await writePause(table, name, "second", new Date(now.getTime() + 1)), false);
    assert.equal(describePause((await readPause(table, name))!), "paused by an operator since 2026-01-31T12:00:00.000Z: first");
  });

  for (const cause of ["breaker", "endpoint"] as const)
    it(`of an operator takes the place of one of the ${cause}, without its reason, but since the same time`, async () => {
      await pause(name, cause, "20 failures in a row", now.getTime());
      assert.equal(
        describePause((await readPause(table, name))!),
        `paused by its ${cause} since ${now.toISOString()}: 20 failures in a row`,
      );
      assert.equal(await writePause(table, name, undefined, new Date(now.getTime() + 86_400_000)), true);
      assert.deepEqual(await readPause(table, name), { by: "operator", since: now.toISOString() });
    });

  for (const cause of ["breaker", "endpoint", "operator"] as const)
    it(`of the ${cause} ends with resume: the function sends, counts from zero, and ramps up from then on`, async () => {
      await countFailure(name, await readState(name), 3, now.getTime());
      await (cause === "operator" ? writePause(table, name, "why", now) : pause(name, cause, "why", now.getTime()));
      assert.equal(await writeResume(table, name, new Date(now.getTime() + 5)), true);
      const { paused, resumedAt, failuresInRow, windowSent, windowFailed } = await readState(name, true);
      assert.deepEqual([paused, resumedAt, failuresInRow, windowSent, windowFailed], [undefined, now.getTime() + 5, 0, 0, 0]);
      assert.equal(await readPause(table, name), undefined);
      assert.equal(await writeResume(table, name, now), false, "it is not paused any more");
    });

  it("is described without what is not known", () => assert.equal(describePause({ by: "breaker" }), "paused by its breaker"));
});

describe("A command to the function", () => {
  const lambda = mockClient(LambdaClient);
  beforeEach(() => lambda.reset());
  after(() => lambda.restore());
  const target = () => ({ lambda: new LambdaClient({}), deliverFunctionName: "webhook-deliver-dev" }) as DeliveringTarget;
  const answer = (Payload: string, FunctionError?: string) =>
    lambda.on(InvokeCommand).callsFake(() => ({ Payload: new TextEncoder().encode(Payload), FunctionError }));
  const follow = () => command<unknown>(target(), { command: "follow", destination: "orders" });

  it("returns the answer, or nothing where there is none", async () => {
    answer('{"delivered":true}');
    assert.deepEqual(await follow(), { delivered: true });
    answer("");
    assert.equal(await follow(), undefined);
  });

  it("that fails is one sentence with the function's own words, without a stack trace", async () => {
    answer('{"errorType":"Error","errorMessage":"boom","trace":["Error: boom","    at handler (/var/task/index.js:1:1)"]}', "Unhandled");
    await assert.rejects(follow(), new UserError("webhook-deliver-dev failed: boom"));
  });
});
