import * as assert from "node:assert/strict";
import type { Fault, FaultKind } from "../../testbed/matrix/faults";
import { runWith } from "../../testbed/matrix/run";
import { prepareMatrix, type MatrixParts, type MatrixSettings } from "../../testbed/matrix/settings";
import { transactionIdOf } from "../../testbed/matrix/traffic";
import { quick } from "../helpers/scope";

const table = [
  "receive: PutItem",
  "process: GetItem",
  ...["process", "claim", "normalize"].map((name) => `process: UpdateItem (${name})`),
  ...["Claim", "Complete", "MarkFailed"].map((state) => `workflow: ${state}`),
  "reconcile: Query",
  "reconcile: BatchGetItem",
  ...["requeueExpired", "requeueStale", "exhaust", "fail"].map((name) => `reconcile: UpdateItem (${name})`),
];
const bucket = ["receive: PutObject", "process: GetObject"];
/** The data key encrypts table, stream, bucket and dead-letter queue; the receiver's secrets have it too. */
const key = [...table, ...bucket, "receive: GetSecretValue", "pipe: GetRecords", "workflow: DeadLetter", "reconcile: SendMessage"];

/** Parts of the store whose calls fail together, and the steps of an event with which that begins. */
const stores: Record<string, { calls: string[]; steps: string[] }> = {
  table: { calls: table, steps: ["receive: PutItem", "process: GetItem", "process: UpdateItem (process)", "workflow: Complete"] },
  "payload bucket": { calls: bucket, steps: bucket },
  "data key": {
    calls: key,
    steps: [
      "receive: GetSecretValue",
      "pipe: GetRecords",
      "process: GetItem",
      "process: UpdateItem (process)",
      "process: GetObject",
      "workflow: Complete",
    ],
  },
};

/** Events whose worker died and whose record was lost: they are requeued, and claimed first. */
const requeued: Fault[] = [
  { call: "workflow: Publish", kind: "crash before", for: { calls: 1 }, event: transactionIdOf(0) },
  { call: "pipe: record", kind: "timeout", for: { calls: 1 }, event: transactionIdOf(3) },
];

/** What a representative run tries: the store with the most calls, for longer than the retries of workflow and pipe take. */
const telling = { store: "data key", span: "twenty minutes", steps: ["process: GetItem", "process: GetObject", "workflow: Complete"] };

/** Of a call whose answer is lost, the caller does not know what happened. */
const spans: Record<string, { duration: Fault["for"]; kind: FaultKind }> = {
  "a blip of half a minute": { duration: { minutes: 0.5 }, kind: "denied" },
  [telling.span]: { duration: { minutes: 20 }, kind: "response lost" },
  "two hours": { duration: { minutes: 120 }, kind: "denied" },
};

describe("An outage of the store", () => {
  let signing: MatrixParts["signing"];
  let settings: MatrixSettings;
  before(async () => {
    ({ signing, settings } = await prepareMatrix());
  });

  for (const [store, { calls, steps }] of Object.entries(stores).filter(([name]) => !quick || name === telling.store))
    for (const [span, { duration, kind }] of Object.entries(spans).filter(([name]) => !quick || name === telling.span))
      for (const from of quick ? telling.steps : steps)
        it(`makes no event FAILED, and breaks no guarantee, if the ${store} fails for ${span} from ${from} on`, async () => {
          const { broken, failed, struckAt } = await runWith(settings, signing, [...requeued, { call: calls, kind, for: duration, from }]);
          assert.deepEqual({ broken, failed }, { broken: [], failed: 0 });
          assert.ok(struckAt !== undefined);
        });
});
