import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { UserError } from "../../domain/userError";
import { createStrictCommand, runStrictCommand } from "../../cli/lib/commandLine";
import { print } from "../../cli/lib/output";
import { captureFile } from "../../cli/lib/graphs";

/** Findings that do not apply to this program, apart from those that the judges explain themselves. */
const explained: readonly { finding: RegExp; why: string }[] = [
  {
    finding:
      /^conversion \| aws \| aws:(lambda\/functionEventInvokeConfig|lambda\/eventSourceMapping|cloudwatch\/(logMetricFilter|eventRule)):\S+ \S+: its type is not known to this tool$/,
    why: "The judges cannot convert these types. The preflight compares them with the API's own model (preflight/facts/api.json).",
  },
  {
    finding: /^conversion \| aws \| aws:cloudwatch\/eventTarget:EventTarget \S+: its type is not known to this tool$/,
    why: "The judges cannot convert targets. The local AWS takes them.",
  },
  {
    finding:
      /^(conversion \| aws \| aws:sqs\/queue:Queue webhook-to-\S+: input visibilityTimeoutSeconds has no property|api \| aws:sqs\/queue:Queue webhook-to-\S+ \| sqs CreateQueue: input\.Attributes key Tags is 'Tags'|moto-broken \| aws:sqs\/queue:Queue webhook-to-\S+ \| sqs CreateQueue: JSONDecodeError|moto \| aws:sqs\/queuePolicy:QueuePolicy webhook-to-\S+ \| .+NonExistentQueue)/,
    why: "The judges know a queue's name, retention and key only; they pass tags and redrive policy in a form that SQS does not have. The local AWS takes these queues.",
  },
];

const description = "Pass the resource graph of a stack's file to a command that judges graphs.";

/** Passes a graph to the judge. @returns 0 if every finding is explained */
async function judgeStack(stackFile: string, judge: string): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), "webhook-judge-"));
  try {
    const graph = path.join(folder, "graph.json");
    writeFileSync(graph, JSON.stringify(await captureFile(stackFile), listTags));
    const { status, stdout, error } = spawnSync(judge, [graph], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    if (error) throw new UserError(`The judge ${judge} cannot be run: ${error.message}`);
    print(stdout.trimEnd());
    return status === 0 || (status === 1 && areExplained(findingsOf(stdout))) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes tags as a list of keys and values, as the judges know them from AWS. In the provider's schema they are a map. */
function listTags(name: string, value: unknown): unknown {
  if (name !== "tags" || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.entries(value).map(([key, tag]) => ({ key, value: tag as unknown }));
}

/** Reads the findings of a judge, which prints a line for each: its source, the resource and the problem. */
function findingsOf(output: string): string[] {
  return [...output.matchAll(/^FINDING +(.+)$/gm)].map(([, finding]) => finding);
}

/** Prints why findings do not apply. @returns true if all are explained; false if the judge failed without a finding */
function areExplained(findings: readonly string[]): boolean {
  const reasons = findings.map((found) => explained.find(({ finding }) => finding.test(found))?.why);
  for (const why of new Set(reasons)) if (why !== undefined) print(`explained here: ${why}`);
  return reasons.length > 0 && !reasons.includes(undefined);
}

const program = createStrictCommand("node -r ts-node/register tools/repo/judge.ts", description)
  .argument("<file>", "stack's file, such as Pulumi.dev.yaml")
  .argument("<judge>", "command that takes the graph's file")
  .action(async (file: string, judge: string) => void (process.exitCode = await judgeStack(file, judge)));
void runStrictCommand(program, process.argv.slice(2));
