import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { format, resolveConfig } from "prettier";
import { runCommand } from "../../cli/lib/errors";
import { ensureMiniStackPython } from "../../local/ministack";
import { refuseArguments } from "../../cli/lib/options";
import { print } from "../../cli/lib/output";
import { creations, integrations } from "../../preflight/facts/operations";

const folder = path.resolve(__dirname, "../..", "preflight", "facts");

/** `npm run facts`: writes what AWS's own models say, as rules read it: preflight/facts/api.json and metrics.json. */
async function main(): Promise<void> {
  refuseArguments("npm run facts");
  await write("api.json", await readModels());
  await write("metrics.json", await readMetrics());
}

/** botocore's models, which come with the local AWS. */
async function readModels(): Promise<object> {
  const operations = [...new Set([...Object.values(creations).map(({ operation }) => operation), ...Object.values(integrations)])];
  const python = await ensureMiniStackPython(print);
  const { stdout } = await promisify(execFile)(python, [path.join(__dirname, "facts.py"), ...operations], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as object;
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

/** Writes an operation, a member or a namespace a line. */
async function write(file: string, content: object): Promise<void> {
  const filepath = path.join(folder, file);
  const lines = Object.entries(content).map(
    ([key, value]) => `${JSON.stringify(key)}: ${isNested(value) ? opened(value) : JSON.stringify(value)}`,
  );
  writeFileSync(filepath, await format(`{\n${lines.join(",\n")}\n}`, { ...(await resolveConfig(filepath)), filepath }));
  print(`preflight/facts/${file} is written.`);
}

const isNested = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

/** An object whose first key stands on a line of its own stays so. */
const opened = (value: object) => `{\n${JSON.stringify(value).slice(1)}`;

void runCommand(main);
