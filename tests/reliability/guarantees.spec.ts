import * as assert from "node:assert/strict";
import { transitions } from "../../domain/lifecycle";
import type { Fault } from "../../testbed/matrix/faults";
import { brokenGuarantees, Watch } from "../../testbed/matrix/guarantees";
import { Pipeline } from "../../testbed/matrix/pipeline";
import { runWith } from "../../testbed/matrix/run";
import { prepareMatrix, type MatrixParts, type MatrixSettings } from "../../testbed/matrix/settings";
import { places } from "../../testbed/matrix/switch";
import { canary, transactionIdOf, type SourceRecord } from "../../testbed/matrix/traffic";

type States = Record<
  string,
  { Next?: string; Arguments?: Record<string, unknown>; Choices?: { Next: string }[]; Catch?: { Next: string }[] }
>;

/** Returns the states of an event, to be changed in place. */
function statesOf({ definition }: MatrixSettings): States {
  return (definition as unknown as { States: { ForEachEvent: { ItemProcessor: { States: States } } } }).States.ForEachEvent.ItemProcessor
    .States;
}

describe("The checks of the fault matrix", () => {
  let signing: MatrixParts["signing"];
  let settings: MatrixSettings;
  before(async () => {
    ({ signing, settings } = await prepareMatrix());
  });

  const event = transactionIdOf(0);
  const dies: Fault = { call: "workflow: Publish", kind: "crash before", for: { calls: 1 }, event };
  const fails: Fault = { call: "workflow: Process", kind: "denied", for: { minutes: 5 }, event };

  /** Wrong programs, the faults that reveal them, and the expected findings. */
  const wrong: [what: string, plant: (states: States) => void, faults: Fault[], found: RegExp][] = [
    [
      "an event is PROCESSED before it is published",
      (states) => {
        states.Owned.Choices![0].Next = "Complete";
        Object.assign(states.Complete, { Next: "Publish", Output: "{% $states.input %}" });
        states.Publish.Next = "Processed";
      },
      [],
      /is PROCESSED before it is published/,
    ],
    [
      "an event is FAILED before its dead letter is sent",
      (states) => {
        states.Claim.Next = "MarkFailed";
        states.MarkFailed.Next = "DeadLetter";
        states.DeadLetter.Next = "Failed";
      },
      [fails],
      /is FAILED before its dead letter is sent/,
    ],
    [
      "a failure may claim any event",
      (states) => (states.Claim.Arguments!.ConditionExpression = "attribute_not_exists(#error)"),
      [
        { call: "pipe: StartExecution", kind: "response lost", for: { calls: 1 } },
        { call: "workflow: Process", kind: "denied", for: { minutes: 1 }, event, from: "workflow: Complete" },
      ],
      /leaves PROCESSED/,
    ],
    [
      "a PROCESSED event stays in the index of open events",
      (states) => {
        const { Arguments } = states.Complete;
        Arguments!.UpdateExpression = (Arguments!.UpdateExpression as string).replace(", #dueAt", "");
      },
      [],
      /is PROCESSED and in open/,
    ],
    [
      "a FAILED event is not in the index of failed events",
      (states) => {
        const { Arguments } = states.MarkFailed;
        Arguments!.UpdateExpression = (Arguments!.UpdateExpression as string).replace(", #failedShard = #shard", "");
      },
      [fails],
      /is FAILED and not in failed/,
    ],
    [
      "an execution shows a payload",
      (states) => (states.Process.Arguments!.Payload = { ...(states.Process.Arguments!.Payload as object), note: canary }),
      [],
      /7: a payload is in the execution history/,
    ],
    [
      "nobody requeues stuck events",
      () => {},
      [dies, { call: "schedule: Invoke", kind: "denied", for: { minutes: 1e6 } }],
      /5: .* is stuck/,
    ],
  ];
  for (const [what, plant, faults, found] of wrong)
    it(`notice if ${what}`, async () => {
      const planted = { ...settings, definition: structuredClone(settings.definition) };
      plant(statesOf(planted));
      const { broken } = await runWith(planted, signing, faults);
      assert.match(broken.join("\n"), found);
    });

  it("notice if an outage of the store makes events FAILED", async () => {
    const outage: Fault = { call: "process: GetItem", kind: "denied", for: { minutes: 5 } };
    const planted = { ...settings, definition: structuredClone(settings.definition) };
    statesOf(planted).Process.Catch!.shift();
    assert.equal((await runWith(settings, signing, [outage])).failed, 0);
    assert.ok((await runWith(planted, signing, [outage])).failed >= 4);
  });

  it("accept the program itself under the same faults", async () => {
    for (const [, , faults] of wrong.slice(0, -1)) assert.deepEqual((await runWith(settings, signing, faults)).broken, []);
  });

  it("give equal results for equal runs", async () => {
    const faults: Fault[] = [{ call: "receive: PutItem", kind: "timeout", for: { minutes: 20 } }];
    const [one, other] = [await runWith(settings, signing, faults), await runWith(settings, signing, faults)];
    assert.deepEqual(one, other);
  });

  for (const call of ["pipe: GetRecords", "pipe: StartExecution"]) {
    const denied: Fault = { call, kind: "denied", for: { minutes: 20 } };
    for (const readsOnFrom of places)
      it(`find nothing lost if AWS disables the pipe after denials of ${call.slice(6)}, and it continues from ${readsOnFrom}`, async () => {
        const { broken, remedies } = await runWith({ ...settings, pipe: { ...settings.pipe, readsOnFrom } }, signing, [denied]);
        assert.deepEqual(broken, []);
        assert.ok(remedies.operator > 0, "only an operator starts it");
      });
  }

  it("notice if nobody starts a disabled pipe", async () => {
    const { startPipe } = Pipeline.prototype;
    Pipeline.prototype.startPipe = () => {};
    try {
      const { broken } = await runWith(settings, signing, [{ call: "pipe: GetRecords", kind: "denied", for: { minutes: 20 } }]);
      assert.match(broken.join("\n"), /5: .* is stuck/);
    } finally {
      Pipeline.prototype.startPipe = startPipe;
    }
  });

  it("keep the pipe enabled after a single denial", async () => {
    const { remedies } = await runWith(settings, signing, [{ call: "pipe: StartExecution", kind: "denied", for: { calls: 1 } }]);
    assert.equal(remedies.operator, 0);
  });

  /** Returns the delay of the other events, in milliseconds, if this call always fails for one event. */
  async function delayOfOthers(program: MatrixSettings, call: string): Promise<number> {
    const unhindered = await runWith(program, signing, []);
    const { took } = await runWith(program, signing, [fails, { call, kind: "denied", for: { minutes: 30 }, event }]);
    const others = [...took].filter(([id]) => id !== event);
    assert.equal(others.length, 11);
    return Math.max(...others.map(([id, milliseconds]) => milliseconds - unhindered.took.get(id)!));
  }

  for (const call of ["process: GetItem", "process: UpdateItem (process)", "workflow: Claim", "workflow: DeadLetter"])
    it(`accept an event whose ${call} always fails, because it delays no other`, async () => {
      assert.ok((await delayOfOthers(settings, call)) <= 1_000);
    });

  it("notice if one branch's failure ends the others", async () => {
    const planted = { ...settings, definition: structuredClone(settings.definition) };
    Object.assign(statesOf(planted).Process, { Retry: [], Catch: [] });
    assert.ok((await delayOfOthers(planted, "workflow: Process")) > 60_000);
  });

  /** Returns the findings for a final state. By default, event 0 is as it should be. */
  function found(
    changes: { status?: string; ids?: string[]; items?: string[]; published?: boolean; deadLetter?: boolean; log?: string } = {},
  ): string {
    const { status = "PROCESSED", ids = [event], items = [event], published = true, deadLetter = false, log = "" } = changes;
    const pipeline = {
      table: { items: new Map(items.map((id) => [id, { status: { S: status } }])) },
      queue: { messages: deadLetter ? [{ id: "1", body: JSON.stringify({ transactionId: event }), sentAt: 1, hiddenUntil: 0 }] : [] },
      published: published ? [{ at: 1, event: { transactionId: event } }] : [],
      history: [],
    } as unknown as Pipeline;
    const secrets = new Set(["a signature"]);
    const record: SourceRecord = { acknowledged: new Map([[0, ids]]), sentAt: new Map(), secrets, wrong: [], waiting: 0 };
    return brokenGuarantees(pipeline, record, new Watch(() => pipeline), log).join("\n");
  }

  it("accept an event that is acknowledged, stored, published and PROCESSED", () => assert.equal(found(), ""));

  for (const [what, changes, words] of [
    ["an acknowledged event is missing", { items: [] }, /^1: .* was acknowledged and is not stored/],
    ["a copy got another ID", { ids: [event, "stripe#other"] }, /^2: copies of .* have other IDs/],
    ["an event is stored that nobody sent", { items: [event, "stripe#forged"] }, /^3: stripe#forged is stored/],
    ["an event stays FAILED", { status: "FAILED" }, /^4: .* is still FAILED/],
    ["a dead letter stays", { deadLetter: true }, /^4: .* keeps a dead letter/],
    ["an event stays RECEIVED", { status: "RECEIVED" }, /^5: .* is stuck/],
    ["an event stays PROCESSING", { status: "PROCESSING" }, /^5: .* is stuck/],
    ["a PROCESSED event was not published", { published: false }, /^6: .* was never published/],
    ["a payload is logged", { log: `{"body": "${canary}"}` }, /^7: a payload is in the log/],
    ["a signature is logged", { log: "with a signature in it" }, /^7: a secret or signature is in the log/],
  ] as const)
    it(`notice if ${what}`, () => assert.match(found({ ...changes } as never), words));
});

// The matrix names its rows by the expressions of domain/lifecycle.ts, so these must differ.
describe("The writes of domain/lifecycle.ts", () => {
  it("differ in their expressions", () => {
    const all = Object.values(transitions).map(({ condition, update }) => `${condition}|${update ?? ""}`);
    assert.equal(new Set(all).size, all.length);
  });
});
