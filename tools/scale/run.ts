import { readFileSync, writeFileSync } from "node:fs";
import { UserError } from "../../domain/userError";
import { runCommand } from "../../cli/lib/errors";
import { flag, parseOptions, text, wholeNumber } from "../../cli/lib/options";
import { print, printError } from "../../cli/lib/output";
import { between } from "../repo/docs";
import { accountOf, captureStack } from "../../cli/lib/graphs";
import { measuredStages, raised, withThrottle } from "./stages";
import { measureLocally } from "./local";
import { scalePlot } from "./plot";
import { asOf, defaultLimits, quotas, region, type Limits } from "./quotas";
import { stageTable, localTable, outcomeTable, saturation, type Run } from "./report";
import { threeDays } from "./retries";
import { mostOf, simulate } from "./simulate";
import { demandOf, type Demand } from "./stack";
import { tracesOf } from "./traces";

const usage = `npm run scale [-- OPTIONS]   where a stack saturates, under AWS's quotas of ${region} (${asOf})
  --rate N           events a second at the busiest (1 to 1,000,000); 50000 if left out
  --size N           bytes of a body (1 to 6,000,000); 3000 if left out
  --quota NAME=N,... quotas as the account has them; of: ${Object.keys(quotas).join(", ")}
  --stack NAME       the stack whose resources are looked at; dev if left out
  --json             the figures as JSON
  --local            compares the queues with the local pipeline (two minutes)
  --write            writes docs/scale.md and its plot, with --local's comparison
  --help             shows this`;

const file = "docs/scale.md";
const unraised = "AWS's own";

async function main(): Promise<number> {
  const options = { rate: text, size: text, quota: text, stack: text, json: flag, local: flag, write: flag, help: flag };
  const { values } = parseOptions({ options }, "npm run scale -- --help lists what there is");
  if (values.help) return print(usage);
  const rate = wholeNumber("--rate", values.rate ?? "50000", 1, 1_000_000);
  const bodyBytes = wholeNumber("--size", values.size ?? "3000", 1, 6_000_000);
  const given = quotasOf(values.quota);
  const name = values.stack ?? "dev";
  const resources = await captureStack(name);
  const limits = { ...defaultLimits, ...accountOf(name), ...given };
  const demand = demandOf(resources, bodyBytes);
  const runs = runsOf(rate, limits, demand);
  const stages = measuredStages(limits, demand, rate);
  if (values.json) return print(JSON.stringify({ rate, stages, traces: runs.map(figuresOf) }, undefined, 2));

  const table = stageTable(rate, stages);
  const outcomes = outcomeTable(runs);
  const summary = saturation(stages, demand.sources);
  print([summary, "", ...table, "", ...outcomes].join("\n"));
  const local = values.local || values.write ? localTable(await measureLocally(printError)) : [];
  if (local.length > 0) print(["", ...local].join("\n"));
  if (values.write) write([summary, "", ...table, "", ...outcomes], local, runs);
  return 0;
}

/** Each trace under the quotas as they are, with the stack's own throttle and without, and under those that the rate needs. */
function runsOf(rate: number, limits: Limits, demand: Demand): Run[] {
  return tracesOf(rate).flatMap((trace) =>
    [
      { ...trace, quotas: "the stack's throttle", limits, demand },
      { ...trace, quotas: unraised, limits, demand: withThrottle(demand, rate, limits) },
      { ...trace, quotas: "raised", ...raised(limits, demand, rate) },
    ].map((scenario) => ({ ...scenario, outcome: simulate({ ...scenario, retries: threeDays }) })),
  );
}

/** What counts of a run, without its thousands of moments. */
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

/** @throws UserError that names the quota, what it is, and what is allowed */
function quotasOf(given: string | undefined): Partial<Limits> {
  const pairs = (given ?? "").split(",").filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value = ""] = pair.split("=");
      if (!Object.hasOwn(quotas, name))
        throw new UserError(`--quota names "${name}", but must name some of ${Object.keys(quotas).join(", ")}.`);
      return [name, wholeNumber(`--quota ${name}`, value, 1, 1e9)];
    }),
  );
}

function write(tables: readonly string[], local: readonly string[], runs: readonly Run[]): void {
  const current = readFileSync(file, "utf8");
  const withTables = between(current, file, "scale", tables.join("\n"), "scale -- --write");
  writeFileSync(file, between(withTables, file, "local", local.join("\n"), "scale -- --write"));
  const panels = runs.filter(({ quotas: which }) => which === unraised);
  writeFileSync("docs/scale.svg", scalePlot(panels.map(({ what, outcome }) => ({ title: what, moments: outcome.moments }))));
  printError(`${file} is written.`);
}

void runCommand(main);
