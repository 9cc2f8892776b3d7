import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import * as path from "node:path";
import { Option } from "commander";
import { UserError } from "../../domain/userError";
import { wholeNumber } from "../../cli/lib/command";
import { createStrictCommand, runStrictCommand } from "../../cli/lib/commandLine";
import { print } from "../../cli/lib/output";
import type { MutationOutcome } from "./run";

/** Share of all changes that must be noticed. */
const target = 0.97;
/** Standard errors that the share of a sample may be below that: another graph gives another sample. */
const standardErrors = 3;
/** Longest time of a process without another change tried: the whole takes as long as the machine takes. */
const longestMs = 5 * 60_000;

interface MutationOptions {
  sample?: number;
  survivors?: boolean;
}

/**
 * Changes this program's graph in every place, one at a time. Prints how many changes neither the preflight's rules nor the
 * components' tests notice. @returns 1 if those are more than three in a hundred, or of a sample
 * more than chance explains
 */
async function tryMutations({ sample, survivors }: MutationOptions): Promise<number> {
  const started = performance.now();
  const outcomes = await tryAll(sample);
  const rows = summarize(outcomes);
  print(["kind", "changes", "rules", "tests", "nobody"].map((cell) => cell.padStart(11)).join(""));
  for (const row of rows) print(row.map((cell) => String(cell).padStart(11)).join(""));
  const unnoticed = outcomes.filter(({ by }) => by === "nothing");
  if (survivors) for (const { mutation } of unnoticed) print(mutation);
  const share = 1 - unnoticed.length / outcomes.length;
  const bound = sample === undefined ? target : target - standardErrors * Math.sqrt((target * (1 - target)) / outcomes.length);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  print(`\n${(100 * share).toFixed(1)} % of ${outcomes.length} changes are noticed (${seconds} s).`);
  return share >= bound ? 0 : 1;
}

function summarize(outcomes: readonly MutationOutcome[]): (string | number)[][] {
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))].sort();
  const row = (name: string, all: readonly MutationOutcome[]) => [
    name,
    all.length,
    ...(["rules", "tests", "nothing"] as const).map((by) => all.filter((outcome) => outcome.by === by).length),
  ];
  return [
    ...kinds.map((kind) =>
      row(
        kind,
        outcomes.filter((outcome) => outcome.kind === kind),
      ),
    ),
    row("all", outcomes),
  ];
}

/** A process for each processor, each with its share; none outlives this one. */
async function tryAll(sample: number | undefined): Promise<MutationOutcome[]> {
  const outcomes: MutationOutcome[] = [];
  const workers = Math.max(1, availableParallelism());
  const terminal = process.stderr.isTTY;
  const shares = Array.from({ length: workers }, (_, share) => {
    const args = [String(share), String(workers), ...(sample === undefined ? [] : [String(sample)])];
    const options = {
      execArgv: ["-r", "ts-node/register"],
      stdio: ["ignore", "ignore", "inherit", "ipc"] as ("ignore" | "inherit" | "ipc")[],
    };
    const child = fork(path.join(__dirname, "worker.ts"), args, options);
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    const limit = setTimeout(end, longestMs);
    child.on("message", (outcome: MutationOutcome) => {
      limit.refresh();
      outcomes.push(outcome);
      if (terminal && outcomes.length % 50 === 0) process.stderr.write(`\r${outcomes.length} changes tried …`);
    });
    return new Promise<void>((resolve, reject) => {
      child.once("exit", (code) => {
        clearTimeout(limit);
        if (code === 0) resolve();
        else reject(new UserError(`The changes could not all be tried: one of the processes ended with ${code ?? "the end of its time"}.`));
      });
    });
  });
  await Promise.all(shares);
  if (terminal) process.stderr.write("\r\u001b[K");
  return outcomes;
}

const program = createStrictCommand("npx webhook-pipeline dev mutations", "Try changes of the program's graph, one at a time.")
  .addOption(new Option("--sample <n>", "number of changes; all if left out").argParser(wholeNumber(1, 1_000_000)))
  .option("--survivors", "list the changes that nothing notices")
  .action(async (options: MutationOptions) => void (process.exitCode = await tryMutations(options)));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
void runStrictCommand(program, process.argv.slice(2));
