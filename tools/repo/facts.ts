import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { runCommand } from "../../cli/lib/errors";
import { ensureMiniStackPython } from "../../local/ministack";
import { refuseArguments } from "../../cli/lib/options";
import { print } from "../../cli/lib/output";
import { creations, integrations } from "../../preflight/facts/operations";

const folder = path.resolve(__dirname, "../..", "preflight", "facts");

/** `npm run facts`: writes what AWS's own models say, as rules read it: preflight/facts/api.json and metrics.json. */
async function main(): Promise<void> {
  refuseArguments("npm run facts");
  write("api.json", await readModels());
  write("metrics.json", await readMetrics());
}

/** botocore's models, which come with the local AWS. */
async function readModels(): Promise<unknown> {
  const operations = [...new Set([...Object.values(creations).map(({ operation }) => operation), ...Object.values(integrations)])];
  const python = await ensureMiniStackPython(print);
  const { stdout } = await promisify(execFile)(python, [path.join(__dirname, "facts.py"), ...operations], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

/** The names of metrics by namespace, as CloudFormation's service specification has them. */
async function readMetrics(): Promise<Record<string, string[]>> {
  const { loadAwsServiceSpec } = await import("@aws-cdk/aws-service-spec");
  const database = await loadAwsServiceSpec();
  const byNamespace: Record<string, string[]> = {};
  for (const { namespace, name } of database.all("metric")) (byNamespace[namespace] ??= []).push(name);
  return Object.fromEntries(
    Object.entries(byNamespace)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([namespace, names]) => [namespace, [...new Set(names)].sort()]),
  );
}

function write(file: string, content: unknown): void {
  writeFileSync(path.join(folder, file), `${JSON.stringify(content, undefined, 2)}\n`);
  print(`preflight/facts/${file} is written.`);
}

void runCommand(main);
