import { readFileSync, writeFileSync } from "node:fs";
import { print, printError } from "../../cli/lib/output";
import { between } from "../repo/docs";
import { captureStack } from "../../cli/lib/graphs";
import { deliveriesTable } from "./deliveriesTable";
import { floorOf } from "./floor";
import { measureWorkload } from "./measure";
import type { Line } from "./line";
import { billOf, largestGroup, largestLine, totalOf, type Path } from "./model";
import { costPlot } from "./plot";
import { region } from "./prices";
import { factsOf, type StackFacts } from "./stack";
import { estimates, readWorkload, workloadFile } from "./workload";

const file = "docs/cost.md";
const paths: readonly Path[] = ["EXPRESS", "STANDARD", "none"];
const nameOf: Readonly<Record<Path, string>> = { EXPRESS: "EXPRESS", STANDARD: "STANDARD", none: "without a workflow" };

/** Options of `stack cost`. */
export interface CostOptions {
  stack: string;
  events: number;
  size: number;
  batch: number;
  json?: boolean;
  measure?: boolean;
  write?: boolean;
}

/** Prints a stack's monthly bill, line by line. */
export async function priceStack(values: CostOptions): Promise<number> {
  const question = { events: values.events, bodyBytes: values.size, batch: values.batch };
  if (values.measure) writeFileSync(workloadFile, `${JSON.stringify(await measureWorkload(), undefined, 2)}\n`);
  const stack = factsOf(await captureStack(values.stack));
  const workload = readWorkload();
  const bill = billOf(stack, workload, question, stack.workflow);
  if (values.json) return print(JSON.stringify({ question, workflow: stack.workflow, dollars: totalOf(bill), lines: bill }, undefined, 2));
  printError(
    `A month of ${values.stack} with ${values.events.toLocaleString("en")} events of ${values.size.toLocaleString("en")} bytes, at list prices of ${region}:`,
  );
  for (const line of bill) print(`${line.what.padEnd(42)} ${dollars(line.dollars).padStart(12)}${line.estimated ? " ~" : ""}`);
  print(`${"Total".padEnd(42)} ${dollars(totalOf(bill)).padStart(12)}`);
  const largest = largestLine(bill);
  print(`${`Largest: ${largest.what}`.padEnd(42)} ${dollars(largest.dollars).padStart(12)}`);
  for (const path of paths) print(summaryOf(billOf(stack, workload, question, path), path, question.events));
  print(
    `${"floor".padEnd(20)} ${dollars(totalOf(floorOf(stack, workload, question))).padStart(14)} a month: the least that AWS charges for the same`,
  );
  printError("~ is estimated. docs/cost.md tells how.");
  if (values.write) await write(values.stack, stack);
  return 0;
}

const dollars = (amount: number) => `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** Sums a bill up: a month, a million events, and the largest group. */
function summaryOf(lines: readonly Line[], path: Path, events: number): string {
  const growing = totalOf(lines.filter(({ group }) => group !== "fixed"));
  const each = events > 0 ? `, of which ${dollars((growing / events) * 1e6)} for each million events, mostly ${largestGroup(lines)}` : "";
  return `${nameOf[path].padEnd(20)} ${dollars(totalOf(lines)).padStart(14)} a month${each}`;
}

/** A destination for the document, in a stack that has none. */
const example = { destinations: JSON.stringify([{ name: "orders", url: "https://orders.example.com/webhooks" }]) };

async function write(name: string, stack: StackFacts): Promise<void> {
  const workload = readWorkload();
  const million = { events: 1e6, bodyBytes: 3_000, batch: 1 };
  const bill = billOf(stack, workload, million, "EXPRESS");
  const floor = floorOf(stack, workload, million);
  const rows = bill.map(({ what, units, dollars: amount, estimated }) => {
    const least = floor.find((line) => line.what === what);
    const shown = units.toLocaleString("en", { maximumFractionDigits: units < 10 ? 1 : 0 });
    return `| ${what} | ${shown} | ${dollars(amount)} | ${least ? dollars(least.dollars) : ""} | ${estimated ? "estimated" : ""} |`;
  });
  const table = [
    "| What | Units | Dollars | Floor | Basis |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    `| **Total** | | **${dollars(totalOf(bill))}** | **${dollars(totalOf(floor))}** | |`,
  ];
  const summaries = paths.map(
    (path) => `- ${summaryOf(billOf(stack, workload, million, path), path, million.events).replace(/\s+/g, " ")}`,
  );
  const delivering = factsOf(await captureStack(name, example));
  const parts = { bill: [...table, "", ...summaries].join("\n"), deliveries: deliveriesTable(delivering, stack, workload) };
  for (const [part, text] of Object.entries(parts))
    writeFileSync(file, between(readFileSync(file, "utf8"), file, part, text, "npx webhook-pipeline stack cost --write"));
  const decades = Array.from({ length: 13 }, (_, half) => Math.round(10 ** (4 + half / 2)));
  const curve = (path: Path) => decades.map((events) => [events, totalOf(billOf(stack, workload, { ...million, events }, path))] as const);
  writeFileSync("docs/cost.svg", costPlot(Object.fromEntries(paths.map((path) => [nameOf[path], curve(path)]))));
  print(`Wrote ${file} and docs/cost.svg. Estimates: ${JSON.stringify(estimates)}`);
}
