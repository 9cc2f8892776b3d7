import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { catalogProviders, descriptionOf } from "../../../domain/catalog";
import { kinds } from "../../../domain/event";
import type { Condition } from "../../../domain/meaning";
import { meaningOf, type CodedMeanings } from "../../../handlers/sources/lib/meaning";
import { digitsOf } from "../../../handlers/sources/lib/money";
import { meanings } from "../../../handlers/sources/meanings";

/** Values that a field of an event may have, usual and odd. */
const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    "",
    "usd",
    "EUR",
    "JPY",
    "COMPLETED",
    "failed",
    "true",
    {},
    [],
    "12.34",
    "-0.01",
    1e300,
    0.1,
    -5,
  ),
  fc.integer(),
  fc.double(),
  fc.string(),
);

const pathsOf = (condition: Condition): string[] =>
  "some" in condition ? condition.where.flatMap(pathsOf).map((path) => `${condition.some}.0.${path}`) : [condition.path];

/** Every path that a table reads. */
function pathsIn({ rows }: CodedMeanings): string[] {
  const all = rows.flatMap(({ when = [], amount }) => [
    ...when.flatMap(pathsOf),
    ...(amount ? [amount.value, amount.currency].flat().map((path) => (amount.each ? `${amount.each}.0.${path}` : path)) : []),
    ...(amount?.less ? [amount.less] : []),
  ]);
  return [...new Set(all)];
}

/** Sets a value at a path; an index makes an array. What stands in the way, because a condition asks for the whole object, gives way. */
function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split(".");
  let inner: Record<string, unknown> = target;
  for (const [index, key] of keys.slice(0, -1).entries()) {
    if (typeof inner[key] !== "object" || inner[key] === null) inner[key] = /^\d+$/.test(keys[index + 1]) ? [] : {};
    inner = inner[key] as Record<string, unknown>;
  }
  inner[keys.at(-1)!] = value;
}

const described = catalogProviders.flatMap((name) => {
  const table = descriptionOf(name).meanings;
  return table ? [[name, table] as const] : [];
});
const coded = Object.entries(meanings).filter(([, { rows }]) => rows.length > 0);

for (const [provider, table] of [...coded, ...described])
  describe(`Any event of ${provider}`, () => {
    it("has a kind, and an amount only with its currency, never a negative one", () => {
      const types = fc.constantFrom(...table.rows.flatMap(({ types }) => types).map((type) => type.replaceAll("*", "x")));
      const fields = fc.tuple(...pathsIn(table).map((path) => scalar.map((value) => [path, value] as const)));
      fc.assert(
        fc.property(types, fields, (type, values) => {
          const event = {};
          for (const [path, value] of values) if (value !== "") put(event, path, value);
          const { kind, amount } = meaningOf(table, event, type);
          assert.ok(kinds.includes(kind));
          if (kind === "other") assert.equal(amount, undefined);
          if (amount === undefined) return;
          assert.ok(Number.isSafeInteger(amount.value) && amount.value >= 0, JSON.stringify(amount));
          assert.equal(amount.exponent, digitsOf(amount.currency));
        }),
        { numRuns: 300 },
      );
    });
  });
