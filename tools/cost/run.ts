import { readFileSync, writeFileSync } from "node:fs";
import { UserError } from "../../domain/userError";
import { runCommand } from "../../cli/lib/errors";
import { flag, parseOptions, text } from "../../cli/lib/options";
import { print } from "../../cli/lib/output";
import { between } from "../repo/docs";
import { captureStack } from "../../cli/lib/graphs";
import { measureWorkload } from "./measure";
import { billOf, largestGroup, totalOf, type Line, type Path } from "./model";
import { costPlot } from "./plot";
import { asOf, region } from "./prices";
import { factsOf, type StackFacts } from "./stack";
import { estimates, readWorkload, workloadFile } from "./workload";

const usage = `npm run cost [-- OPTIONS]   what a stack costs a month at list prices of ${region} (${asOf}), line by line
  --events N    events a month (0 to 1e12); 1e6 if left out
  --size N      bytes of a body (1 to 6e6); 3000 if left out
  --batch N     events that an execution takes at once (1 to 10); 1, as where few come, if left out
  --stack NAME  the stack whose resources are counted; dev if left out
  --json        the lines as JSON
  --measure     sends events through the local pipeline first, and writes tools/cost/measured.json
  --write       writes docs/cost.md and its plot
  --help        shows this
A line marked ~ rests on an estimate of tools/cost/workload.ts.`;

const file = "docs/cost.md";
const paths: readonly Path[] = ["EXPRESS", "STANDARD", "none"];
const nameOf: Readonly<Record<Path, string>> = { EXPRESS: "EXPRESS", STANDARD: "STANDARD", none: "without a workflow" };

async function main(): Promise<number> {
  const options = { events: text, size: text, batch: text, stack: text, json: flag, measure: flag, write: flag, help: flag };
  const { values } = parseOptions({ options }, "npm run cost -- --help lists what there is");
  if (values.help) return print(usage);
  const question = {
    events: number("--events", values.events ?? "1e6", 0, 1e12),
    bodyBytes: number("--size", values.size ?? "3000", 1, 6e6),
    batch: number("--batch", values.batch ?? "1", 1, 10),
  };
  if (values.measure) writeFileSync(workloadFile, `${JSON.stringify(await measureWorkload(), undefined, 2)}\n`);
  const stack = factsOf(await captureStack(values.stack ?? "dev"));
  const workload = readWorkload();
  const bill = billOf(stack, workload, question, stack.workflow);
  if (values.json) return print(JSON.stringify({ question, workflow: stack.workflow, dollars: totalOf(bill), lines: bill }, undefined, 2));
  for (const line of bill) print(`${line.what.padEnd(42)} ${dollars(line.dollars).padStart(12)}${line.estimated ? " ~" : ""}`);
  print(`${"".padEnd(42)} ${dollars(totalOf(bill)).padStart(12)}`);
  for (const path of paths) print(summaryOf(billOf(stack, workload, question, path), path, question.events));
  if (values.write) write(stack);
  return 0;
}

/** @throws UserError that names the option, what it is, and what is allowed */
function number(option: string, given: string, least: number, most: number): number {
  const value = Number(given);
  if (/^\d+(e\d+)?$/.test(given) && value >= least && value <= most) return value;
  throw new UserError(`${option} is "${given}", but must be a whole number from ${least} to ${most.toLocaleString("en")}, such as 1e6.`);
}

const dollars = (amount: number) => `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** What an event costs, beside what costs the same without one. */
function summaryOf(lines: readonly Line[], path: Path, events: number): string {
  const growing = totalOf(lines.filter(({ group }) => group !== "fixed"));
  const each = events > 0 ? `, ${dollars((growing / events) * 1e6)} a million events, most of it ${largestGroup(lines)}` : "";
  return `${nameOf[path].padEnd(20)} ${dollars(totalOf(lines)).padStart(14)} a month${each}`;
}

function write(stack: StackFacts): void {
  const workload = readWorkload();
  const million = { events: 1e6, bodyBytes: 3_000, batch: 1 };
  const bill = billOf(stack, workload, million, "EXPRESS");
  const rows = bill.map(
    ({ what, units, dollars: amount, estimated }) =>
      `| ${what} | ${Math.round(units).toLocaleString("en")} | ${dollars(amount)} | ${estimated ? "estimated" : ""} |`,
  );
  const table = ["| What | Units | Dollars | |", "| --- | --- | --- | --- |", ...rows, `| | | ${dollars(totalOf(bill))} | |`];
  const summaries = paths.map(
    (path) => `- ${summaryOf(billOf(stack, workload, million, path), path, million.events).replace(/\s+/g, " ")}`,
  );
  writeFileSync(file, between(readFileSync(file, "utf8"), file, "bill", [...table, "", ...summaries].join("\n"), "cost -- --write"));
  const decades = Array.from({ length: 13 }, (_, half) => Math.round(10 ** (4 + half / 2)));
  const curve = (path: Path) => decades.map((events) => [events, totalOf(billOf(stack, workload, { ...million, events }, path))] as const);
  writeFileSync("docs/cost.svg", costPlot(Object.fromEntries(paths.map((path) => [nameOf[path], curve(path)]))));
  print(`${file} is written; estimates: ${JSON.stringify(estimates)}`);
}

void runCommand(main);
