import { readFileSync, writeFileSync } from "node:fs";
import { accountQuota } from "../../config/account";
import { UsageError } from "../../cli/lib/errors";
import { print, printError } from "../../cli/lib/output";
import { between } from "../repo/docs";
import { accountOf, captureStack } from "../../cli/lib/graphs";
import { deliveriesTables } from "./deliveries";
import { measuredStages, raised } from "./stages";
import { measureLocally } from "./local";
import { scalePlot } from "./plot";
import { defaultLimits, quotas, type Limits } from "./quotas";
import { localTable, outcomeLines, outcomeTable, saturation, stageLines, stageTable, wrapped, type Run } from "./report";
import { threeDays } from "./retries";
import { mostOf, simulate } from "./simulate";
import { demandOf, withThrottle, type Demand } from "./stack";
import { tracesOf } from "./traces";

const file = "docs/scale.md";
const unraised = "AWS's defaults";

/** Options of `stack scale`. */
export interface ScaleOptions {
  stack: string;
  /** Events a second; by default those that the stack accepts. */
  rate?: number;
  size: number;
  quota?: string;
  json?: boolean;
  local?: boolean;
  write?: boolean;
}

/** Prints the rate at which a stack reaches each limit. */
export async function scaleStack(values: ScaleOptions): Promise<number> {
  const { size: bodyBytes, stack: name } = values;
  const given = quotasOf(values.quota);
  const resources = await captureStack(name);
  const limits = { ...defaultLimits, ...limitsOf(accountOf(name)), ...given };
  const demand = demandOf(resources, bodyBytes);
  const rate = values.rate ?? (values.write ? writtenRate : Math.round(demand.throttle.perSecond));
  const runs = runsOf(rate, limits, demand);
  const stages = measuredStages(limits, demand, rate);
  if (values.json) return print(JSON.stringify({ rate, stages, traces: runs.map(figuresOf) }, undefined, 2));

  const summary = saturation(stages, demand.sources);
  print([...wrapped(summary), "", ...stageLines(rate, stages), "", ...outcomeLines(runs)].join("\n"));
  const local = values.local || values.write ? localTable(await measureLocally(printError)) : [];
  if (local.length > 0) print(["", ...local].join("\n"));
  if (values.write) write([summary, "", ...stageTable(rate, stages), "", ...outcomeTable(runs)], local, runs);
  return 0;
}

/** Rate of docs/scale.md. */
const writtenRate = 50_000;

/** Returns the limits of an account, where a stack's file has some. */
function limitsOf({ concurrency, requestsPerSecond }: ReturnType<typeof accountOf>): Partial<Limits> {
  if (requestsPerSecond === 0) return { concurrency };
  const { perSecond: apiRate, burst: apiBurst } = accountQuota(undefined, requestsPerSecond);
  return { concurrency, apiRate, apiBurst };
}

/** Simulates each trace three times: with the stack's throttles, with throttles that let the rate in, and with every limit raised. */
function runsOf(rate: number, limits: Limits, demand: Demand): Run[] {
  return tracesOf(rate).flatMap((trace) =>
    [
      { ...trace, quotas: "the stack's throttles", limits, demand },
      { ...trace, quotas: unraised, limits, demand: withThrottle(demand, rate, limits) },
      { ...trace, quotas: "raised", ...raised(limits, demand, rate) },
    ].map((scenario) => ({ ...scenario, outcome: simulate({ ...scenario, retries: threeDays }) })),
  );
}

/** Returns the sums of a run, without its thousands of moments. */
function figuresOf({ id, quotas: which, outcome }: Run) {
  const { sent, accepted, processed, refused, refusedFirst, lost, doneAt, limited } = outcome;
  const sums = { sent, accepted, processed, refused, refusedFirst, lost, doneAt };
  return {
    id,
    quotas: which,
    ...sums,
    mostWaiting: mostOf(outcome, "backlog"),
    longestWait: mostOf(outcome, "oldest"),
    limited: Object.fromEntries(limited),
  };
}

/** Parses `--quota`. @throws UsageError for an unknown quota or a value that is not a whole number */
function quotasOf(given: string | undefined): Partial<Limits> {
  const pairs = (given ?? "").split(",").filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value = ""] = pair.split("=");
      if (!Object.hasOwn(quotas, name))
        throw new UsageError(`Unknown quota "${name}" in --quota. Quotas: ${Object.keys(quotas).join(", ")}.`);
      if (!/^[1-9]\d{0,8}$/.test(value))
        throw new UsageError(`--quota ${name} is "${value}". Allowed: a whole number from 1 to 999,999,999, such as ${name}=10.`);
      return [name, Number(value)];
    }),
  );
}

function write(tables: readonly string[], local: readonly string[], runs: readonly Run[]): void {
  const parts = { scale: tables.join("\n"), deliveries: deliveriesTables(), local: local.join("\n") };
  for (const [part, text] of Object.entries(parts))
    writeFileSync(file, between(readFileSync(file, "utf8"), file, part, text, "npx webhook-pipeline stack scale --write"));
  const panels = runs.filter(({ quotas: which }) => which === unraised);
  writeFileSync("docs/scale.svg", scalePlot(panels.map(({ what, outcome }) => ({ title: what, moments: outcome.moments }))));
  printError(`Wrote ${file} and docs/scale.svg.`);
}
