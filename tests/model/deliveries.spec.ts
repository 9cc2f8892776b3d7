import * as assert from "node:assert/strict";
import { DeliveryStatus } from "../../domain/destinations";
import { quick } from "../helpers/scope";
import { everyOrder, generationOf, statusOf, type Conditions, type Copy, type Outcome } from "./deliveries";

const { open, delivered, failed } = DeliveryStatus;
const accepts = 204;
const fails = 503;
const refuses = 422;

/** Returns what is wrong with an outcome. */
function faultOf(copies: readonly Copy[], { verdicts, answered, row, changes, deadLetters }: Outcome): string | undefined {
  for (const { before, after } of changes) {
    if (generationOf(before) !== generationOf(after)) {
      if (before && generationOf(after) === "") return "the first delivery takes the place of a redelivery";
      continue;
    }
    if (statusOf(before) === delivered && statusOf(after) !== delivered) return "a row leaves DELIVERED";
    if (statusOf(before) === failed && statusOf(after) === open) return "a FAILED row opens again";
  }
  const stays = copies.some(({ dies }, copy) => dies || verdicts[copy] === "again");
  if (statusOf(row) === open && !stays) return "a row is OPEN, and its message is gone";
  if (statusOf(row) === failed && deadLetters === 0) return "a row is FAILED without a dead letter";
  const accepted = copies.filter(({ status, dies }, copy) => status === accepts && answered[copy] && !dies);
  const isOfRow = accepted.some(({ generation }) => generation === generationOf(row));
  if (isOfRow && statusOf(row) !== delivered) return "a success is forgotten";
  return undefined;
}

async function search(copies: readonly Copy[], conditions?: Conditions): Promise<{ orders: number; fault?: string }> {
  const outcomes = await everyOrder(copies, conditions);
  const fault = outcomes.map((outcome) => faultOf(copies, outcome)).find((found) => found !== undefined);
  return { orders: outcomes.length, ...(fault !== undefined && { fault }) };
}

const first = (status: number, dies = false): Copy => ({ generation: "", sentAt: 1_000, status, dies });
const later = (status: number): Copy => ({ generation: "redelivery-1", sentAt: 2_000, status });

describe("Copies of a message, in every order of their steps,", () => {
  const answers = [accepts, fails, refuses];
  for (const one of answers)
    for (const other of answers)
      it(`leave a right row if they are answered ${one} and ${other}`, async () => {
        const { orders, fault } = await search([first(one), first(other)]);
        assert.ok(orders > 10, String(orders));
        assert.equal(fault, undefined);
      });

  for (const one of answers)
    for (const other of answers)
      it(`leave a right row if the first delivery is answered ${one}, and a redelivery ${other}`, async () => {
        const { orders, fault } = await search([first(one), later(other)]);
        assert.ok(orders > 10, String(orders));
        assert.equal(fault, undefined);
      });

  it("leave a right row if a container dies after its request, whatever the other copy gets", async () => {
    for (const status of answers) assert.equal((await search([first(accepts, true), first(status)])).fault, undefined);
  });

  if (!quick)
    for (const [one, other, third] of [
      [accepts, fails, fails],
      [fails, accepts, refuses],
      [refuses, fails, accepts],
    ])
      it(`leave a right row if two are answered ${one} and ${other}, and a redelivery ${third}`, async () => {
        const { orders, fault } = await search([first(one), first(other), later(third)]);
        assert.ok(orders > 500, String(orders));
        assert.equal(fault, undefined);
      });

  /** Holds for every row. */
  const anything = "attribute_not_exists(#id) OR #generation <> :none";

  /** Conditions of a row's write, each with what goes wrong without it. */
  const missed: [what: string, conditions: Conditions, copies: Copy[], found: RegExp][] = [
    ["any condition", () => anything, [first(accepts), first(fails)], /a row leaves DELIVERED/],
    [
      "a look at the status, for a success",
      (condition) => condition.replace("(#generation = :generation AND #status = :open)", "#generation = :generation"),
      [first(accepts), first(fails)],
      /a row leaves DELIVERED/,
    ],
    [
      "a look at the status, for a dead letter",
      (condition) => condition.replace("(#generation = :generation AND #status = :open)", "#generation = :generation"),
      [first(refuses), first(fails)],
      /a FAILED row opens again/,
    ],
    [
      "a look at the generation",
      (condition) => (/^attribute_not_exists\(#id\) OR (#|\(#generation = :generation AND)/.test(condition) ? anything : condition),
      [first(accepts), later(accepts)],
      /the first delivery takes the place of a redelivery/,
    ],
  ];
  for (const [what, conditions, copies, found] of missed)
    it(`find what goes wrong without ${what}`, async () => assert.match((await search(copies, conditions)).fault ?? "nothing", found));
});
