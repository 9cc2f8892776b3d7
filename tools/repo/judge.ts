import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { UserError } from "../../domain/userError";
import { runCommand } from "../../cli/lib/errors";
import { print } from "../../cli/lib/output";
import { captureFile } from "../../cli/lib/graphs";

/** Findings that do not apply to this program, beside those that the judges explain themselves. */
const explained: readonly { finding: RegExp; why: string }[] = [
  {
    finding:
      /^conversion \| aws \| aws:(lambda\/functionEventInvokeConfig|cloudwatch\/logMetricFilter):\S+ \S+: its type is not known to this tool$/,
    why: "The judges cannot convert these types; the preflight holds them against the API's own model (preflight/facts/api.json).",
  },
];

/** Hands the graph that a stack's file makes to a command that judges graphs. @returns 0 if it finds nothing that is not explained */
async function main(): Promise<number> {
  const [stackFile, judge] = process.argv.slice(2);
  if (!stackFile || !judge) throw new UserError("node -r ts-node/register tools/repo/judge.ts STACK-FILE JUDGE");
  const folder = mkdtempSync(path.join(tmpdir(), "webhook-judge-"));
  try {
    const graph = path.join(folder, "graph.json");
    writeFileSync(graph, JSON.stringify(await captureFile(stackFile)));
    const { status, stdout, error } = spawnSync(judge, [graph], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    if (error) throw new UserError(`The judge ${judge} cannot be run: ${error.message}`);
    print(stdout.trimEnd());
    return status === 0 || (status === 1 && areExplained(findingsOf(stdout))) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads a judge's findings: one line for each that it does not explain. */
function findingsOf(output: string): string[] {
  return [...output.matchAll(/^FINDING +(.+)$/gm)].map(([, finding]) => finding);
}

/** Says why findings do not apply. A judge that fails without a finding has not judged. */
function areExplained(findings: readonly string[]): boolean {
  const reasons = findings.map((found) => explained.find(({ finding }) => finding.test(found))?.why);
  for (const why of new Set(reasons)) if (why !== undefined) print(`explained here: ${why}`);
  return reasons.length > 0 && !reasons.includes(undefined);
}

void runCommand(main);
