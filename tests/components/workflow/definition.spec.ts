import * as assert from "node:assert/strict";
import aslValidator = require("asl-validator");
import jsonata = require("jsonata");
import { executionTimeoutSeconds, leaseSeconds } from "../../../domain/processing";
import { workflowDefinition, type Definition, type State } from "../../helpers/definition";

const evaluated = (expression: string, states: object): Promise<unknown> =>
  jsonata(expression.replace(/^\{% | %\}$/g, "")).evaluate({}, { states });

describe("The workflow's definition", () => {
  let text: string;
  let definition: Definition;
  let states: Record<string, State>;
  before(async () => ({ text, definition, states } = await workflowDefinition()));

  it("is valid Amazon States Language", () => {
    const { isValid, errorsText } = aslValidator(JSON.parse(text));
    assert.ok(isValid, errorsText("\n"));
  });

  /** Follows the states from one to the end. */
  const from = (start: string) => {
    const stages = [start];
    for (let next = nextOf(states[start]); next !== undefined; next = nextOf(states[next])) stages.push(next);
    return stages;
  };
  const nextOf = ({ Next, Choices }: State) => Next ?? Choices?.[0].Next;

  it("goes Process → Publish → Complete: the processor claims the event in the write of its result", () => {
    const { StartAt } = definition.States.ForEachEvent.ItemProcessor;
    assert.deepEqual(from(StartAt), ["Process", "Owned", "Publish", "Complete", "Processed"]);
  });

  it("ends as NOTHING_TO_DO, without an error, if the processor says so", async () => {
    const [{ Condition, Next }] = states.Owned.Choices!;
    const isOwned = (outcome: string) => evaluated(Condition, { input: { outcome, event: {} } });
    assert.deepEqual([await isOwned("OWNED"), await isOwned("NOTHING_TO_DO")], [true, false]);
    assert.deepEqual([Next, states.Owned.Default], ["Publish", "NothingToDo"]);
  });

  it("claims an event that cannot be processed before it sends a dead letter", () => {
    assert.equal(states.Process.Catch!.at(-1)!.Next, "Claim");
    assert.deepEqual(from("Claim"), ["Claim", "DeadLetter", "MarkFailed", "Failed"]);
  });

  it("sends the dead letter of an event that cannot be published at once: the branch owns it", () =>
    assert.equal(states.Publish.Catch!.at(-1)!.Next, "DeadLetter"));

  it("ends as UNSETTLED, and fails no event, if the processor's store is unavailable", () => {
    const [first] = states.Process.Catch!;
    assert.deepEqual([first.ErrorEquals, first.Next], [["StoreUnavailable"], "Unsettled"]);
    assert.ok(states.Process.Retry!.every(({ ErrorEquals, MaxAttempts }) => MaxAttempts > 0 || !ErrorEquals.includes("StoreUnavailable")));
  });

  it("reads only the transaction ID from each record", () => {
    const { transactionId, ...rest } = definition.States.ForEachEvent.ItemSelector;
    assert.equal(transactionId, "{% $states.context.Map.Item.Value.dynamodb.Keys.transaction_id.S %}");
    assert.doesNotMatch(JSON.stringify(rest), /Item\.Value/);
  });

  it("claims for one Map branch of one execution, so that an event that a batch contains twice is processed once", () => {
    assert.equal(
      definition.States.ForEachEvent.ItemSelector.claim,
      "{% $states.context.Execution.Name & '#' & $string($states.context.Map.Item.Index) %}",
    );
  });

  it("sends the dead letter before the item becomes FAILED, so that every FAILED item has one", () => {
    assert.equal(states.DeadLetter.Next, "MarkFailed");
    assert.equal(states.MarkFailed.Next, "Failed");
  });

  const tasks = () => Object.entries(states).filter(([, { Type }]) => Type === "Task");
  const conditionFailed = "DynamoDB.ConditionalCheckFailedException";

  it("retries temporary failures of each task a few times, within seconds, with jitter", () => {
    for (const [name, { Retry }] of tasks()) {
      const { ErrorEquals, MaxAttempts, MaxDelaySeconds, JitterStrategy } = Retry!.at(-1)!;
      assert.deepEqual(ErrorEquals, ["States.TaskFailed", "States.Timeout"], name);
      assert.ok(MaxAttempts >= 3 && MaxAttempts <= 6 && MaxDelaySeconds! <= 20, name);
      assert.equal(JitterStrategy, "FULL", name);
    }
  });

  it("retries the Lambda errors that AWS recommends to retry, for longer than other calls", () => {
    const ofLambda = [
      "Lambda.TooManyRequestsException",
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
    ];
    const found = states.Process.Retry!.find(({ ErrorEquals }) => ofLambda.every((error) => ErrorEquals.includes(error)))!;
    assert.ok(found.MaxAttempts > states.Publish.Retry!.at(-1)!.MaxAttempts);
    assert.equal(found.JitterStrategy, "FULL");
  });

  it("does not retry a write whose condition failed, or an event that can never be processed", () => {
    const writes = tasks().filter(([, { Arguments }]) => JSON.stringify(Arguments).includes("ConditionExpression"));
    assert.deepEqual(writes.map(([name]) => name).sort(), ["Claim", "Complete", "MarkFailed"]);
    for (const [name, { Retry }] of writes) assert.deepEqual([Retry![0].ErrorEquals, Retry![0].MaxAttempts], [[conditionFailed], 0], name);
    assert.deepEqual([states.Process.Retry![0].ErrorEquals, states.Process.Retry![0].MaxAttempts], [["Unprocessable"], 0]);
  });

  it("fails no branch: each task's last catch takes every error, and ends UNSETTLED unless the event itself may be the reason", () => {
    const last = Object.fromEntries(tasks().map(([name, { Catch }]) => [name, Catch!.at(-1)!]));
    for (const [name, { ErrorEquals }] of Object.entries(last)) assert.deepEqual(ErrorEquals, ["States.ALL"], name);
    const { Process, Publish, ...others } = last;
    assert.deepEqual([Process.Next, Publish.Next], ["Claim", "DeadLetter"]);
    for (const [name, { Next }] of Object.entries(others)) assert.equal(Next, "Unsettled", name);
  });

  it("keeps a failure's name and the beginning of its message for the dead letter and the item", async () => {
    const error = { Error: "Unprocessable", Cause: "x".repeat(600) };
    for (const name of ["Process", "Publish"]) {
      const { failure } = states[name].Catch!.at(-1)!.Assign as { failure: string };
      assert.equal(await evaluated(failure, { errorOutput: error }), `Unprocessable: ${"x".repeat(500)}`, name);
    }
    for (const name of ["DeadLetter", "MarkFailed"]) assert.match(JSON.stringify(states[name].Arguments), /\{% \$failure %\}/, name);
  });

  it("ends without an error if another execution owns the event", () => {
    for (const name of ["Claim", "Complete", "MarkFailed"]) {
      const [lost] = states[name].Catch!;
      assert.deepEqual([lost.ErrorEquals, lost.Next], [[conditionFailed], "NothingToDo"], name);
    }
  });

  it("keeps ID and claim for the states after Process, whatever comes of it", () => {
    const branch = { transactionId: "{% $states.input.transactionId %}", claim: "{% $states.input.claim %}" };
    const { failure, ...kept } = states.Process.Catch!.at(-1)!.Assign as Record<string, string>;
    assert.deepEqual([states.Process.Assign, kept], [branch, branch]);
    assert.match(failure, /errorOutput/);
  });

  for (const [end, type] of [
    ["Processed", "Succeed"],
    ["Failed", "Succeed"],
    ["NothingToDo", "Succeed"],
    ["Unsettled", "Fail"],
  ] as const)
    it(`${type === "Fail" ? "fails, so that the pipe tries again," : "succeeds"} after all events if one of them ends in ${end}`, async () => {
      const { ForEachEvent, AllSettled } = definition.States;
      assert.equal(ForEachEvent.Next, "AllSettled");
      assert.equal(states[end].Type, "Succeed", "a branch that failed would end the others");
      const result = [states.Processed.Output, states[end].Output];
      const output = { ...((await evaluated(ForEachEvent.Output, { result })) as object) };
      assert.deepEqual(output, { events: 2, unsettled: type === "Fail" ? 1 : 0 });
      const next = (await evaluated(AllSettled.Choices[0].Condition, { input: output })) ? AllSettled.Choices[0].Next : AllSettled.Default;
      assert.equal(definition.States[next as "Settled" | "EventsUnsettled"].Type, type);
    });

  it("handles each record of the pipe's batch separately, within one execution", () => {
    const { Items, ItemProcessor } = definition.States.ForEachEvent;
    assert.equal(Items, "{% $states.input %}");
    assert.deepEqual(ItemProcessor.ProcessorConfig, { Mode: "INLINE" });
  });

  it("times out before a lease expires, and before Step Functions ends an EXPRESS execution", () => {
    assert.equal(definition.TimeoutSeconds, executionTimeoutSeconds);
    assert.ok(executionTimeoutSeconds < leaseSeconds && executionTimeoutSeconds < 300);
  });

  it("has time for all tries of the processing function before its own timeout", () => {
    const process = states.Process;
    const delays = process.Retry!.map(({ MaxAttempts, MaxDelaySeconds = 0 }) =>
      Array.from({ length: MaxAttempts }, (_, attempt) => Math.min(2 ** attempt, MaxDelaySeconds)).reduce((sum, delay) => sum + delay, 0),
    );
    const tries = 1 + process.Retry!.at(-1)!.MaxAttempts;
    const longest = tries * process.TimeoutSeconds! + delays.reduce((sum, delay) => sum + delay, 0);
    assert.ok(longest < executionTimeoutSeconds, `${longest} s`);
  });

  it("uses the ARNs of its partition", () => {
    for (const { Resource } of Object.values(states)) assert.match(Resource ?? "arn:aws:states:::x", /^arn:aws:states:::/);
  });
});
