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

/** Measures and prints each figure. Writes docs/performance.md after a complete run. @returns 1 if a ratio is far above its bound */
export async function bench(values: { only?: string; short?: boolean; json?: boolean }): Promise<number> {
  const names = values.only?.split(",") ?? (values.short ? inShort : Object.keys(parts));
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) throw new UsageError(`Unknown part "${unknown}" in --only. Parts: ${Object.keys(parts).join(", ")}.`);

  const figures: Figure[] = [];
  for (const name of names) {
    const measured = await parts[name](values.short ?? false);
    if (!values.json) for (const figure of measured) print(lineOf(figure));
    figures.push(...measured);
  }
  if (values.json) print(JSON.stringify(figures, undefined, 2));
  if (values.only === undefined && !values.short) write(figures);
  const outside = figures.filter(isFarOutside);
  for (const { what, value, bound } of outside) printError(`${what} is ${value.toFixed(2)}, far above its bound of ${bound}.`);
  return outside.length > 0 ? 1 : 0;
}

function lineOf({ what, value, unit, bound }: Figure): string {
  return `${what.padEnd(76)} ${textOf(value).padStart(8)} ${unit}${bound === undefined ? "" : `  (bound ${bound})`}`;
}

const textOf = (value: number) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : String(Math.round(value)));

function write(figures: readonly Figure[]): void {
  const rows = figures.map(
    ({ what, value, unit, bound }) => `| ${what} | ${textOf(value)} ${unit} | ${bound === undefined ? "" : `${bound} ${unit}`} |`,
  );
  const table = ["| What | Measured | Bound |", "| --- | --- | --- |", ...rows].join("\n");
  writeFileSync(file, between(readFileSync(file, "utf8"), file, "figures", table, "npx webhook-pipeline dev bench"));
  writeFileSync("docs/performance.ratios.svg", ratiosPlot(figures));
  writeFileSync("docs/performance.pipeline.svg", pipelinePlot(figures)!);
  printError(`Wrote ${file} and its plots.`);
}
