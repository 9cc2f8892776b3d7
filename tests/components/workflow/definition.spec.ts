import * as assert from "node:assert/strict";
import aslValidator = require("asl-validator");
import jsonata = require("jsonata");
import { executionTimeoutSeconds, leaseSeconds } from "../../../domain/processing";
import { workflowDefinition, type Definition, type Retry, type State } from "../../helpers/definition";

describe("The workflow's definition", () => {
  let text: string;
  let definition: Definition;
  let states: Record<string, State>;
  before(async () => ({ text, definition, states } = await workflowDefinition()));

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

  it("ends quietly where another execution has claimed the item", () => {
    assert.deepEqual(states.Claim.Catch![0], { ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Next: "NothingToDo" });
    assert.equal(states.NothingToDo.Type, "Succeed");
  });

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

  describe("the retries", () => {
    const conditionFailed = "DynamoDB.ConditionalCheckFailedException";
    /** Errors, seconds before the first retry, factor, most tries, longest delay; jitter always. */
    const call = "States.TaskFailed,States.Timeout 1s×2 4 times ≤8s FULL";
    const never = (errors: string) => `${errors} 1s 0 times`;
    const expected: Record<string, string[]> = {
      Claim: [never(conditionFailed), call],
      Process: [
        never("Unprocessable,LeaseLost"),
        "Lambda.TooManyRequestsException,Lambda.ServiceException,Lambda.AWSLambdaException,Lambda.SdkClientException 1s×2 6 times ≤20s FULL",
        "States.TaskFailed,States.Timeout 1s×2 3 times ≤15s FULL",
      ],
      Publish: [call],
      Complete: [never(conditionFailed), call],
      DeadLetter: [call],
      MarkFailed: [never(conditionFailed), call],
    };
    const describeRetry = ({ ErrorEquals, IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds, JitterStrategy }: Retry) =>
      [
        `${ErrorEquals.join()} ${IntervalSeconds}s${BackoffRate ? `×${BackoffRate}` : ""} ${MaxAttempts} times`,
        ...(MaxDelaySeconds ? [`≤${MaxDelaySeconds}s`] : []),
        ...(JitterStrategy ? [JitterStrategy] : []),
      ].join(" ");

    it("cover every task", () => {
      const tasks = Object.entries(states).filter(([, { Type }]) => Type === "Task");
      assert.deepEqual(tasks.map(([name]) => name).sort(), Object.keys(expected).sort());
    });

    for (const [state, retries] of Object.entries(expected))
      it(`of ${state} are ${retries.join("; ")}`, () => assert.deepEqual(states[state].Retry!.map(describeRetry), retries));
  });

  it("goes on where a failure leads, and remembers what it was", () => {
    const failure = "{% $states.errorOutput.Error & ': ' & $substring($states.errorOutput.Cause, 0, 500) %}";
    const toDeadLetter = { ErrorEquals: ["States.ALL"], Assign: { failure }, Next: "DeadLetter" };
    const toUnsettled = { ErrorEquals: ["States.ALL"], Next: "Unsettled" };
    const quietly = (error: string) => ({ ErrorEquals: [error], Next: "NothingToDo" });
    const catches = Object.entries(states).flatMap(([name, { Catch }]) => (Catch ? [[name, Catch]] : []));
    assert.deepEqual(Object.fromEntries(catches), {
      Claim: [quietly("DynamoDB.ConditionalCheckFailedException"), toUnsettled],
      Process: [quietly("LeaseLost"), toDeadLetter],
      Publish: [toDeadLetter],
      Complete: [quietly("DynamoDB.ConditionalCheckFailedException"), toUnsettled],
      DeadLetter: [toUnsettled],
      MarkFailed: [quietly("DynamoDB.ConditionalCheckFailedException"), toUnsettled],
    });
  });

  it("ends each event with its outcome, and the execution with their number", () => {
    const outcomes = Object.entries(states).filter(([, { Type }]) => Type === "Succeed");
    assert.deepEqual(Object.fromEntries(outcomes.map(([name, { Output }]) => [name, Output])), {
      NothingToDo: { outcome: "NOTHING_TO_DO" },
      Unsettled: { outcome: "UNSETTLED" },
      Processed: { outcome: "PROCESSED" },
      Failed: { outcome: "FAILED" },
    });
    assert.equal(
      definition.States.ForEachEvent.Output,
      "{% { 'events': $count($states.result), 'unsettled': $count($states.result[outcome = 'UNSETTLED']) } %}",
    );
  });

  it("fails only after every event was dealt with, if the workflow's own calls failed for one of them", () => {
    const { ForEachEvent, ...after } = definition.States;
    assert.equal(ForEachEvent.Next, "AllSettled");
    assert.deepEqual(after, {
      AllSettled: {
        Type: "Choice",
        Choices: [{ Condition: "{% $states.input.unsettled > 0 %}", Next: "EventsUnsettled" }],
        Default: "Settled",
      },
      EventsUnsettled: { Type: "Fail", Error: "EventsUnsettled", Cause: "Calls of the workflow failed for good; each is in its log." },
      Settled: { Type: "Succeed" },
    });
  });

  for (const [unsettled, next] of [
    [0, "Settled"],
    [1, "EventsUnsettled"],
  ] as const)
    it(`ends in ${next} with ${unsettled} events unsettled`, async () => {
      const strip = (text: string) => jsonata(text.replace(/^\{% | %\}$/g, ""));
      const result = [{ outcome: "PROCESSED" }, ...Array.from({ length: unsettled }, () => ({ outcome: "UNSETTLED" }))];
      const output = (await strip(definition.States.ForEachEvent.Output).evaluate({}, { states: { result } })) as object;
      assert.deepEqual({ ...output }, { events: 1 + unsettled, unsettled });
      const { Choices, Default } = definition.States.AllSettled;
      const holds = (await strip(Choices[0].Condition).evaluate({}, { states: { input: output } })) as boolean;
      assert.equal(holds ? Choices[0].Next : Default, next);
    });

  it("takes each record of the pipe's batch by itself, within the one execution", () => {
    const { Items, ItemProcessor } = definition.States.ForEachEvent;
    assert.equal(Items, "{% $states.input %}");
    assert.deepEqual(ItemProcessor.ProcessorConfig, { Mode: "INLINE" });
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

  it("names services in the partition that it runs in", () => {
    for (const { Resource } of Object.values(states)) assert.match(Resource ?? "arn:aws:states:::x", /^arn:aws:states:::/);
  });
});
