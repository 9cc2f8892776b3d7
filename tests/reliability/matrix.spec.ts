import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { between } from "../../tools/repo/docs";
import { faultKinds, type FaultKind } from "../../testbed/matrix/faults";
import { cellOf, rowsOf, spans, type Cell, type Row, type Span } from "../../testbed/matrix/matrix";
import { prepareMatrix, type MatrixParts, type MatrixSettings } from "../../testbed/matrix/settings";
import { tableOf } from "../../testbed/matrix/table";
import { quick } from "../helpers/scope";

/** Every call to AWS, by its caller. */
const calls = {
  api: ["Invoke"],
  receive: ["GetSecretValue", "PutItem", "PutObject"],
  pipe: ["GetRecords", "StartExecution"],
  workflow: ["Process", "Publish", "Complete", "Claim", "DeadLetter", "MarkFailed"],
  process: ["GetItem", "GetObject", "UpdateItem (process)", "UpdateItem (claim)", "UpdateItem (normalize)"],
  schedule: ["Invoke"],
  reconcile: [
    "Query",
    "BatchGetItem",
    "UpdateItem (requeueExpired)",
    "UpdateItem (exhaust)",
    "SendMessage",
    "UpdateItem (fail)",
    "UpdateItem (requeueStale)",
  ],
  operator: ["Query", "UpdateItem (redrive)", "ReceiveMessage", "GetItem", "DeleteMessage"],
};

/** The most telling fault is a lost response: the caller tries again what has happened. */
const kinds: readonly FaultKind[] = quick ? ["response lost"] : faultKinds;
const titles: Record<Span, string> = { once: "once", outage: "for twenty minutes" };
const triedSpans = quick ? (["once"] as const) : (Object.keys(spans) as Span[]);
const workflowTypes = quick ? (["EXPRESS"] as const) : (["EXPRESS", "STANDARD"] as const);

/** Callers that a STANDARD workflow affects: the pipe does not await its execution. */
const otherwiseWhereStandard = ["pipe", "workflow", "process"];

for (const workflowType of workflowTypes)
  describe(`With a workflow of type ${workflowType}, an event`, () => {
    let signing: MatrixParts["signing"];
    let settings: MatrixSettings;
    let rows: Row[];
    const cells: Cell[] = [];

    before(async () => {
      ({ signing, settings } = await prepareMatrix(workflowType));
      rows = await rowsOf(settings, signing);
    });

    it("causes exactly these calls", () => {
      const known = Object.entries(calls).flatMap(([caller, names]) => names.map((name) => `${caller}: ${name}`));
      assert.deepEqual(rows.map(({ call }) => call).sort(), known.sort());
    });

    for (const [caller, names] of Object.entries(calls))
      if (workflowType === "EXPRESS" || otherwiseWhereStandard.includes(caller))
        for (const call of names.map((name) => `${caller}: ${name}`))
          describe(`when ${call} fails`, () => {
            let own: Cell[];
            before(async () => {
              const row = rows.find((one) => one.call === call)!;
              own = [];
              for (const span of triedSpans) for (const kind of kinds) own.push(await cellOf(row, kind, span, settings, signing));
              cells.push(...own);
            });

            it(`keeps every guarantee under each fault, ${triedSpans.map((span) => titles[span]).join(" and ")}`, () => {
              assert.ok(own.every(({ result }) => result.struckAt !== undefined));
              assert.deepEqual(
                own.flatMap(({ kind, span, result }) => result.broken.map((what) => `${kind}, ${span}: ${what}`)),
                [],
              );
            });

            it("raises an alarm, or has a reason for none", () => {
              const mute = own.filter(({ alarms, quiet }) => alarms.length === 0 && quiet === undefined);
              assert.deepEqual(
                mute.map(({ kind, span }) => `${kind}, ${span}`),
                [],
              );
            });

            it("raises the alarm within half an hour", () => {
              for (const { alarms, quiet } of own) if (quiet === undefined) assert.ok(alarms[0].minutes <= 30, JSON.stringify(alarms));
            });
          });

    if (workflowType === "EXPRESS" && !quick)
      describe("after all of these", () => {
        it("has its outcomes in docs/reliability.md", () => {
          const written = readFileSync("docs/reliability.md", "utf8");
          const now = between(written, "docs/reliability.md", "faults", tableOf(rows, cells), "npx webhook-pipeline dev reliability");
          assert.equal(written, now, 'run "npx webhook-pipeline dev reliability"');
        });
      });
  });
