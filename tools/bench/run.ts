import { readFileSync, writeFileSync } from "node:fs";
import { UsageError } from "../../cli/lib/errors";
import { print, printError } from "../../cli/lib/output";
import { between } from "../repo/docs";
import { measureColdStarts } from "./coldStart";
import { measurePipeline } from "./pipeline";
import { pipelinePlot, ratiosPlot } from "./plots";
import { measurePreflight } from "./preflight";
import { measureProgram } from "./program";
import { measureReceiver } from "./receiver";
import { isFarOutside, type Figure } from "./samples";
import { figureOf, replaceRows, rowOf, rowsIn, tableOf, type Row } from "./table";
import { measureUnitTests } from "./unitTests";

const file = "docs/performance.md";

const parts: Record<string, (short: boolean) => Promise<Figure[]> | Figure[]> = {
  receiver: (short) => measureReceiver(short ? { rounds: 11, perRound: 100 } : { rounds: 81, perRound: 250 }),
  cold: (short) => measureColdStarts({ rounds: short ? 5 : 21 }),
  preflight: () => measurePreflight({ rounds: 5 }),
  pipeline: () => measurePipeline({ events: 320, clients: [1, 8, 32] }),
  program: () => measureProgram({ rounds: 3 }),
  tests: () => measureUnitTests(),
};
const inShort = ["receiver", "cold", "preflight"];

interface BenchOptions {
  only?: string;
  short?: boolean;
  json?: boolean;
  write?: boolean;
}

/**
 * Measures and prints each figure. Writes docs/performance.md after a complete run, and the rows of some parts if it is asked to.
 * @returns 1 if a ratio is far above its bound
 */
export async function bench(values: BenchOptions): Promise<number> {
  const names = values.only?.split(",") ?? (values.short ? inShort : Object.keys(parts));
  if (values.write && (values.only === undefined || values.short))
    throw new UsageError("--write needs --only, without --short: a complete run always writes, a short one never.");
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) throw new UsageError(`Unknown part "${unknown}" in --only. Parts: ${Object.keys(parts).join(", ")}.`);

  const figures: Figure[] = [];
  for (const name of names) {
    const measured = await parts[name](values.short ?? false);
    if (!values.json) for (const figure of measured) print(lineOf(figure));
    figures.push(...measured);
  }
  if (values.json) print(JSON.stringify(figures, undefined, 2));
  if (values.only === undefined && !values.short) write(figures, figures.map(rowOf));
  else if (values.write) write(figures, replaceRows(rowsIn(readFileSync(file, "utf8")), figures.map(rowOf)));
  const outside = figures.filter(isFarOutside);
  for (const { what, value, bound } of outside) printError(`${what} is ${value.toFixed(2)}, far above its bound of ${bound}.`);
  return outside.length > 0 ? 1 : 0;
}

function lineOf(figure: Figure): string {
  const { what, measured } = rowOf(figure);
  const [value, unit] = measured.split(" ");
  return `${what.padEnd(76)} ${value.padStart(8)} ${unit}${figure.bound === undefined ? "" : `  (bound ${figure.bound})`}`;
}

/** Writes the rows of the table, and the plots that they give. */
function write(figures: readonly Figure[], rows: readonly Row[]): void {
  const page = readFileSync(file, "utf8");
  writeFileSync(file, between(page, file, "figures", tableOf(rows), "npx webhook-pipeline dev bench"));
  writeFileSync("docs/performance.ratios.svg", ratiosPlot(rows.map(figureOf)));
  const pipeline = pipelinePlot(figures);
  if (pipeline !== undefined) writeFileSync("docs/performance.pipeline.svg", pipeline);
  printError(`Wrote ${file} and its plots.`);
}
