import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { between } from "../../tools/repo/docs";
import { cellOfDeliveries, rowsOfDeliveries, type DeliveryCell, type DeliveryRow } from "../../testbed/matrix/deliveries/matrix";
import { faultKinds, type FaultKind } from "../../testbed/matrix/faults";
import { spans, type Span } from "../../testbed/matrix/matrix";
import { prepareMatrix, type MatrixSettings } from "../../testbed/matrix/settings";
import { tableOf } from "../../testbed/matrix/table";
import { quick } from "../helpers/scope";

/** Every call that deliveries cause, by its caller. */
const calls = {
  mapping: ["Invoke"],
  schedule: ["Invoke"],
  deliver: [
    "GetItem (state)",
    "GetItem (row)",
    "GetItem (event)",
    "GetSecretValue",
    "POST",
    "PutItem (DELIVERED)",
    "PutItem (OPEN)",
    "PutItem (FAILED)",
    "UpdateItem (count a failure)",
    "UpdateItem (end failures)",
    "UpdateItem (pause)",
    "UpdateItem (resume)",
    "SendMessage",
    "ChangeMessageVisibility",
    "ReceiveMessage",
    "DeleteMessage",
    "Query",
    "ListEventSourceMappings",
    "UpdateEventSourceMapping",
  ],
};
const names = Object.entries(calls).flatMap(([caller, operations]) => operations.map((operation) => `${caller}: ${operation}`));

/** The most telling faults: the endpoint answers nothing, a success can't be recorded, nobody can sign, and executions die. */
const telling: Readonly<Record<string, FaultKind>> = {
  "deliver: POST": "response lost",
  "deliver: PutItem (DELIVERED)": "denied",
  "deliver: GetSecretValue": "denied",
  "mapping: Invoke": "crash after",
};
const tried = quick ? Object.keys(telling) : names;
const kindsOf = (call: string) => (quick ? [telling[call]] : faultKinds);
const triedSpans = Object.keys(spans) as Span[];

describe("A delivery", () => {
  let settings: MatrixSettings;
  let rows: DeliveryRow[];
  const cells: DeliveryCell[] = [];
  before(async () => {
    ({ settings } = await prepareMatrix());
    rows = await rowsOfDeliveries(settings);
  });

  it("causes exactly these calls", () => assert.deepEqual(rows.map(({ call }) => call).sort(), [...names].sort()));

  it("is made within seconds while another destination is down and a third is paused, but for what its service refuses at first", () => {
    const took = [...rows[0].without.took.values()].sort((a, b) => a - b);
    assert.equal(took.length, 9);
    assert.ok(took.at(-2)! < 2_000 && took.at(-1)! < 10_000, String(took));
    assert.equal(rows[0].without.repeated, 0);
  });

  for (const call of tried)
    describe(`when ${call} fails`, () => {
      let own: DeliveryCell[];
      before(async () => {
        const row = rows.find((one) => one.call === call)!;
        own = [];
        for (const span of triedSpans) for (const kind of kindsOf(call)) own.push(await cellOfDeliveries(row, kind, span, settings));
        cells.push(...own);
      });

      it("keeps every guarantee under each fault, once and for twenty minutes", () => {
        assert.ok(own.every(({ result }) => result.struckAt !== undefined));
        assert.deepEqual(
          own.flatMap(({ kind, span, result }) => result.broken.map((what) => `${kind}, ${span}: ${what}`)),
          [],
        );
      });

      it("is repeated at most once for a call that fails once", () => {
        const often = own.filter(({ span, result }) => span === "once" && result.repeated > 1);
        assert.deepEqual(
          often.map(({ kind, result }) => `${kind}: ${result.repeated}`),
          [],
        );
      });

      it("raises an alarm within half an hour, or no event is late", () => {
        const mute = own.filter(({ alarms: [first], quiet }) => quiet === undefined && !(first?.minutes <= 30));
        assert.deepEqual(
          mute.map(({ kind, span }) => `${kind}, ${span}`),
          [],
        );
      });
    });

  if (!quick)
    describe("after all of these", () => {
      it("has its outcomes in docs/reliability.md", () => {
        const written = readFileSync("docs/reliability.md", "utf8");
        const now = between(written, "docs/reliability.md", "deliveries", tableOf(rows, cells), "npx webhook-pipeline dev reliability");
        assert.equal(written, now, 'run "npx webhook-pipeline dev reliability"');
      });
    });
});
