import * as assert from "node:assert/strict";
import aslValidator = require("asl-validator");
import { executionTimeoutSeconds, leaseSeconds } from "../../contract";
import { program } from "../helpers/graph";
import { Type } from "../helpers/types";

interface State {
  Type: string;
  Resource?: string;
  Next?: string;
  Arguments?: Record<string, never>;
  TimeoutSeconds?: number;
  Retry?: { ErrorEquals: string[]; MaxAttempts: number; BackoffRate?: number; JitterStrategy?: string; MaxDelaySeconds?: number }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
}
interface Definition {
  QueryLanguage: string;
  TimeoutSeconds: number;
  States: {
    ForEachEvent: {
      Items: string;
      ItemSelector: Record<string, string>;
      ItemProcessor: { StartAt: string; States: Record<string, State> };
    };
  };
}

describe("The workflow's definition", () => {
  let text: string;
  let definition: Definition;
  let states: Record<string, State>;
  before(async () => {
    text = (await program()).one(Type.stateMachine).inputs.definition as string;
    definition = JSON.parse(text) as Definition;
    states = definition.States.ForEachEvent.ItemProcessor.States;
  });

  it("is valid Amazon States Language", () => {
    const { isValid, errorsText } = aslValidator(JSON.parse(text));
    assert.ok(isValid, errorsText("\n"));
  });

  it("goes Claim → Process → Publish → Complete", () => {
    const way = [definition.States.ForEachEvent.ItemProcessor.StartAt];
    for (let next = states[way[0]].Next; next !== undefined; next = states[next].Next) way.push(next);
    assert.deepEqual(way, ["Claim", "Process", "Publish", "Complete", "Processed"]);
  });

  it("takes the transaction id, and nothing else, from each record", () => {
    const { transactionId, ...rest } = definition.States.ForEachEvent.ItemSelector;
    assert.equal(transactionId, "{% $states.context.Map.Item.Value.dynamodb.Keys.transaction_id.S %}");
    assert.doesNotMatch(JSON.stringify(rest), /Item\.Value/);
  });

  it("claims for one branch of one execution, so that a batch that names an event twice processes it once", () => {
    assert.equal(
      definition.States.ForEachEvent.ItemSelector.claim,
      "{% $states.context.Execution.Id & '#' & $string($states.context.Map.Item.Index) %}",
    );
  });

  it("claims an item that is RECEIVED, is this execution's already, or whose lease ran out; and no other", () => {
    const { ConditionExpression } = states.Claim.Arguments!;
    assert.equal(
      ConditionExpression,
      "#status = :received OR (#status = :processing AND #claimedBy = :me) OR (#status = :processing AND #leaseUntil < :now)",
    );
  });

  it("ends quietly where another execution has claimed the item", () => {
    assert.deepEqual(states.Claim.Catch, [{ ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Next: "NothingToDo" }]);
    assert.equal(states.NothingToDo.Type, "Succeed");
  });

  for (const [state, status] of [
    ["Complete", ":processed"],
    ["MarkFailed", ":failed"],
  ]) {
    it(`writes the outcome in ${state} only while it owns the item`, () => {
      const { ConditionExpression, UpdateExpression } = states[state].Arguments! as Record<string, string>;
      assert.equal(ConditionExpression, "#status = :processing AND #claimedBy = :me");
      assert.match(UpdateExpression, new RegExp(`^SET #status = ${status}\\b`));
    });
  }

  for (const state of ["Process", "Publish"]) {
    it(`sends an event to the dead letters when ${state} fails for good`, () => {
      assert.deepEqual(states[state].Catch!.at(-1)!.ErrorEquals, ["States.ALL"]);
      assert.equal(states[state].Catch!.at(-1)!.Next, "DeadLetter");
    });
  }

  it("sends the dead letter before the item says FAILED, so that no FAILED item lacks one", () => {
    assert.equal(states.DeadLetter.Next, "MarkFailed");
    assert.equal(states.MarkFailed.Next, "Failed");
  });

  it("puts no more than id and error into a dead letter", () => {
    assert.deepEqual(Object.keys((states.DeadLetter.Arguments as unknown as { MessageBody: object }).MessageBody), [
      "transactionId",
      "error",
      "execution",
    ]);
  });

  it("retries every call with backoff, jitter and a bounded delay", () => {
    for (const [name, state] of Object.entries(states).filter(([, { Type }]) => Type === "Task")) {
      const retries = state.Retry!.filter(({ MaxAttempts }) => MaxAttempts > 0);
      assert.ok(retries.length > 0, name);
      for (const { BackoffRate, JitterStrategy, MaxDelaySeconds } of retries) {
        assert.ok(BackoffRate! > 1 && JitterStrategy === "FULL" && MaxDelaySeconds! <= 20, name);
      }
    }
  });

  it("does not retry what cannot succeed", () => {
    const never = Object.values(states).flatMap(({ Retry }) => (Retry ?? []).filter(({ MaxAttempts }) => MaxAttempts === 0));
    const errors = new Set(never.flatMap(({ ErrorEquals }) => ErrorEquals));
    assert.deepEqual([...errors].sort(), ["DynamoDB.ConditionalCheckFailedException", "LeaseLost", "Unprocessable"]);
  });

  it("ends before a lease does, and before Step Functions ends an EXPRESS execution", () => {
    assert.equal(definition.TimeoutSeconds, executionTimeoutSeconds);
    assert.ok(executionTimeoutSeconds < leaseSeconds && executionTimeoutSeconds < 300);
  });

  it("can try the processing function to the end before its own timeout", () => {
    const process = states.Process;
    const delays = process.Retry!.map(({ MaxAttempts, MaxDelaySeconds = 0 }) =>
      Array.from({ length: MaxAttempts }, (_, attempt) => Math.min(2 ** attempt, MaxDelaySeconds)).reduce((sum, delay) => sum + delay, 0),
    );
    const tries = 1 + process.Retry!.at(-1)!.MaxAttempts;
    const longest = tries * process.TimeoutSeconds! + delays.reduce((sum, delay) => sum + delay, 0);
    assert.ok(longest < executionTimeoutSeconds, `${longest} s`);
  });

  it("publishes ids and classification under the kind as detail type", () => {
    const [entry] = (states.Publish.Arguments as unknown as { Entries: Record<string, string>[] }).Entries;
    assert.deepEqual(entry, {
      EventBusName: "webhook-events-dev",
      Source: "webhook.pipeline",
      DetailType: "{% $states.input.kind %}",
      Detail: "{% $states.input %}",
    });
  });

  it("names services in the partition that it runs in", () => {
    for (const { Resource } of Object.values(states)) assert.match(Resource ?? "arn:aws:states:::x", /^arn:aws:states:::/);
  });
});
