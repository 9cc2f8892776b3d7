import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { CreateTableCommand, DeleteItemCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DeliveryStatus, triggers } from "../../../domain/destinations";
import { dynamodb } from "../../../handlers/aws/dynamodb";
import type { Row } from "../../../handlers/deliver/items";
import { oldestOpenRows, writeRow } from "../../../handlers/deliver/row";
import { countFailure, endFailures, pause, readState, resume } from "../../../handlers/deliver/state";
import { DeliveriesTable, type Command } from "../../../testbed/destinations/deliveriesTable";
import { startDynamodb, unavailable, type EmulatedDynamodb } from "../../helpers/emulatedDynamodb";
import { quick } from "../../helpers/scope";
import { deliveriesTable } from "../../helpers/tables";

const row = (generation: string, generationAt: number, status: Row["status"], attempts: number): Row => ({
  destination: "orders",
  transactionId: "stripe#evt_1",
  status,
  generation,
  generationAt,
  trigger: triggers[0],
  attempts,
  history: [{ at: "2026-01-31T12:00:00.000Z", durationMs: 5, status: 503, body: "é" }],
  since: `2026-01-31T12:00:00.00${attempts}Z`,
  expiresAt: 2_000_000_000,
});
const rows = fc
  .tuple(
    fc.constantFrom("", "a", "b"),
    fc.integer({ min: 1, max: 3 }),
    fc.constantFrom(...Object.values(DeliveryStatus)),
    fc.integer({ min: 0, max: 9 }),
  )
  .map((parts) => row(...parts));

/** Everything that the function does with the table. */
const steps = fc.oneof(
  { weight: 3, arbitrary: rows.map((one) => ({ what: `write ${JSON.stringify(one)}`, run: (): Promise<unknown> => writeRow(one) })) },
  fc.integer({ min: 1, max: 3 }).map((window) => ({
    what: `failure in window ${window}`,
    run: async (): Promise<unknown> => countFailure("orders", await readState("orders"), window, window * 300_000),
  })),
  fc
    .constantFrom("breaker", "endpoint")
    .map((cause) => ({ what: `pause by ${cause}`, run: (): Promise<unknown> => pause("orders", cause as "breaker", "Why.", 5) })),
  fc.constantFrom<{ what: string; run: () => Promise<unknown> }[]>(
    { what: "resume", run: () => resume("orders", 5) },
    { what: "end failures", run: () => endFailures("orders") },
    { what: "state", run: () => readState("orders") },
    { what: "oldest", run: () => oldestOpenRows("orders") },
  ),
);

if (unavailable) console.log(`The simulated table of deliveries is not compared: ${unavailable}`);
else
  describe("The simulated table of deliveries", () => {
    let emulator: EmulatedDynamodb;
    const TableName = process.env.DELIVERIES_TABLE!;
    before(async () => {
      emulator = await startDynamodb();
      await emulator.send(new CreateTableCommand(deliveriesTable(TableName)));
    });
    after(() => {
      Reflect.deleteProperty(dynamodb, "send");
      emulator.stop();
    });

    it("decides, writes and finds as DynamoDB does, in any order of what the function does", async () => {
      const seen = new Set<unknown>();
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 12 }), async (some) => {
          const simulated = new DeliveriesTable();
          await emptied();
          for (const { what, run } of some) {
            const answers = [];
            for (const send of [
              (command: Command) => emulator.send(command),
              (command: Command) => Promise.resolve().then(() => simulated.answer(command)),
            ]) {
              Object.assign(dynamodb, { send });
              answers.push(await run());
            }
            assert.deepEqual(answers[1], answers[0], what);
            seen.add(answers[0]);
          }
          assert.ok([...simulated.table.items.keys()].every((id) => keys.includes(id)));
          for (const id of keys) assert.deepEqual(simulated.table.items.get(id), await stored(id), id);
        }),
        { numRuns: quick ? 15 : 60, seed: 1 },
      );
      assert.ok(seen.has(true) && seen.has(false), "conditions held and did not");
    });

    const keys = ["orders", "orders#stripe#evt_1"];
    const stored = async (id: string) =>
      ((await emulator.send(new GetItemCommand({ TableName, Key: { delivery_id: { S: id } } }))) as { Item: unknown }).Item;
    async function emptied(): Promise<void> {
      for (const id of keys) await emulator.send(new DeleteItemCommand({ TableName, Key: { delivery_id: { S: id } } }));
    }
  });
