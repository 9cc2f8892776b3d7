import type { Line } from "./line";
import { billOf, totalOf } from "./model";
import type { StackFacts } from "./stack";
import type { Workload } from "./workload";

const million = { events: 1e6, bodyBytes: 3_000 };
const dollars = (amount: number) => `$${amount.toFixed(2)}`;

/** Formats what a million deliveries cost, alone and in tens, and what one destination costs each month. @param stack has one destination
 * more than `without` */
export function deliveriesTable(stack: StackFacts, without: StackFacts, workload: Workload): string {
  const [alone, inTens] = [1, 10].map((batch) => added(stack, without, workload, batch));
  const growing = alone.filter(({ group }) => group === "deliveries");
  const rows = alone.filter(({ group }) => group === "rows");
  const fixed = alone.filter(({ group, dollars: amount }) => group === "fixed" && amount >= 0.005);
  const inTensOf = ({ what }: Line) => inTens.find((line) => line.what === what)!.dollars;
  const deliveryRow = (line: Line) => `| ${line.what} | ${dollars(line.dollars)} | ${dollars(inTensOf(line))} | ${basis(line)} |`;
  const total = (what: string, lines: readonly Line[]) =>
    `| **${what}** | **${dollars(totalOf(lines))}** | **${dollars(lines.reduce((sum, line) => sum + inTensOf(line), 0))}** | |`;
  return [
    "| A million deliveries | One at a time | In tens | Basis |",
    "| --- | --- | --- | --- |",
    ...growing.map(deliveryRow),
    total("All", growing),
    ...rows.map(deliveryRow),
    "",
    "<!-- prettier-ignore -->",
    "| The first destination, each month | Units | Dollars | Basis |",
    "| --- | --- | --- | --- |",
    ...fixed.map((line) => `| ${line.what} | ${Math.round(line.units).toLocaleString("en")} | ${dollars(line.dollars)} | ${basis(line)} |`),
    `| **All** | | **${dollars(totalOf(fixed))}** | |`,
  ].join("\n");
}

const basis = ({ estimated }: Line) => (estimated ? "estimated" : "");

/** Returns what a stack's bill has beyond another stack's. */
function added(stack: StackFacts, without: StackFacts, workload: Workload, batch: number): Line[] {
  const [more, less] = [stack, without].map((facts) => billOf(facts, workload, { ...million, batch }, "EXPRESS"));
  return more
    .map((line) => {
      const before = less.find(({ what }) => what === line.what);
      return { ...line, units: line.units - (before?.units ?? 0), dollars: line.dollars - (before?.dollars ?? 0) };
    })
    .filter(({ units }) => units > 0);
}
