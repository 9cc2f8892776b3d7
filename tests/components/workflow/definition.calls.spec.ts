import * as assert from "node:assert/strict";
import { leaseSeconds } from "../../../domain/processing";
import { workflowDefinition, type State } from "../../helpers/definition";

/** Arguments of a call that updates an item. */
interface Arguments {
  UpdateExpression: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues: Record<string, object>;
}

describe("The calls of the workflow's states", () => {
  let states: Record<string, State>;
  before(async () => ({ states } = await workflowDefinition()));

  it("claim, after a failure, only an item that is RECEIVED, already owned by this branch, or has an expired lease and attempts left", () => {
    const { ConditionExpression } = states.Claim.Arguments as { ConditionExpression: string };
    assert.equal(
      ConditionExpression,
      "#status = :received OR (#status = :processing AND #claimedBy = :me) OR (#status = :processing AND #leaseUntil < :nowMs AND #attempts < :maximumAttempts)",
    );
  });

  for (const [state, status] of [
    ["Complete", ":processed"],
    ["MarkFailed", ":failed"],
  ]) {
    it(`write the outcome in ${state} only while this branch owns the item`, () => {
      const { ConditionExpression, UpdateExpression } = states[state].Arguments! as Record<string, string>;
      assert.equal(ConditionExpression, "#status = :processing AND #claimedBy = :me");
      assert.match(UpdateExpression, new RegExp(`^SET #status = ${status}\\b`));
    });
  }

  it("put only ID, error and execution into a dead letter", () => {
    assert.deepEqual((states.DeadLetter.Arguments as { MessageBody: object }).MessageBody, {
      transactionId: "{% $transactionId %}",
      error: "{% $failure %}",
      execution: "{% $states.context.Execution.Id %}",
    });
  });

  it("use the handlers' names of attributes and statuses", () => {
    const mine = { "#status": "status", "#claimedBy": "claimed_by", "#leaseUntil": "lease_until" };
    const settled = { "#shard": "shard", "#settledShard": "settled_shard", "#dueAt": "due_at" };
    const finished = { ...mine, ...settled, "#finishedAt": "finished_at", "#error": "error" };
    const names = Object.fromEntries(
      ["Claim", "Complete", "MarkFailed"].map((state) => [state, (states[state].Arguments as Arguments).ExpressionAttributeNames]),
    );
    assert.deepEqual(names, {
      Claim: { ...mine, "#claimedAt": "claimed_at", "#attempts": "attempts" },
      Complete: finished,
      MarkFailed: { ...finished, "#failedShard": "failed_shard", "#history": "history" },
    });
  });

  it("write the owner, time, lease and number of a claim", () => {
    const { UpdateExpression, ExpressionAttributeValues } = states.Claim.Arguments as Arguments;
    assert.equal(
      UpdateExpression,
      "SET #status = :processing, #claimedBy = :me, #claimedAt = :now, #leaseUntil = :leaseUntil ADD #attempts :one",
    );
    assert.deepEqual(ExpressionAttributeValues, {
      ":received": { S: "RECEIVED" },
      ":processing": { S: "PROCESSING" },
      ":me": { S: "{% $claim %}" },
      ":now": { S: "{% $now() %}" },
      ":nowMs": { N: "{% $string($millis()) %}" },
      ":maximumAttempts": { N: "5" },
      ":leaseUntil": { N: `{% $string($millis() + ${leaseSeconds * 1000}) %}` },
      ":one": { N: "1" },
    });
  });

  it("write the outcome, release the claim, and move the item between the indexes", () => {
    const shared = { ":now": { S: "{% $now() %}" }, ":processing": { S: "PROCESSING" }, ":me": { S: "{% $claim %}" } };
    const { Complete, MarkFailed } = states;
    const [completed, failed] = [Complete, MarkFailed].map((state) => state.Arguments as Arguments);
    assert.equal(
      completed.UpdateExpression,
      "SET #status = :processed, #finishedAt = :now, #settledShard = #shard REMOVE #leaseUntil, #dueAt, #error",
    );
    assert.deepEqual(completed.ExpressionAttributeValues, { ...shared, ":processed": { S: "PROCESSED" } });
    assert.equal(
      failed.UpdateExpression,
      "SET #status = :failed, #error = :error, #finishedAt = :now, #settledShard = #shard, #failedShard = #shard, " +
        "#history = list_append(if_not_exists(#history, :none), :entry) REMOVE #leaseUntil, #dueAt",
    );
    const entry = { stage: { S: "failed" }, at: shared[":now"], error: { S: "{% $substringBefore($failure, ': ') %}" } };
    const ofFailure = {
      ":failed": { S: "FAILED" },
      ":error": { S: "{% $failure %}" },
      ":none": { L: [] },
      ":entry": { L: [{ M: entry }] },
    };
    assert.deepEqual(failed.ExpressionAttributeValues, { ...shared, ...ofFailure });
  });

  it("pass ID and claim to the processing function, and use its answer", () => {
    const { Arguments, Output, TimeoutSeconds } = states.Process;
    assert.deepEqual((Arguments as { Payload: object }).Payload, {
      transactionId: "{% $states.input.transactionId %}",
      claim: "{% $states.input.claim %}",
    });
    assert.equal(Output, "{% $states.result.Payload %}");
    assert.equal(TimeoutSeconds, 35);
  });

  it("publish IDs and classification, with the kind as detail type", () => {
    const [entry] = (states.Publish.Arguments as { Entries: Record<string, string>[] }).Entries;
    assert.deepEqual(entry, {
      EventBusName: "webhook-events-dev",
      Source: "webhook.pipeline",
      DetailType: "{% $states.input.event.kind %}",
      Detail: "{% $states.input.event %}",
    });
  });
});
