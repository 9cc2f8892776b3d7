import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { ensureMiniStackPython } from "../../local/ministack";
import { print, printError } from "../../cli/lib/output";
import { creations, integrations } from "../../preflight/facts/operations";

const folder = path.resolve(__dirname, "../..", "preflight", "facts");

/** Writes preflight/facts/api.json and metrics.json from AWS's API models. @param check lists the files that are out of date instead */
export async function writeFacts({ check = false }: { check?: boolean } = {}): Promise<number> {
  const current = [await write("api.json", await readModels(), check), await write("metrics.json", await readMetrics(), check)];
  return check && current.includes(false) ? 1 : 0;
}

/** Reads the models of botocore, which the local AWS installs. */
async function readModels(): Promise<object> {
  const operations = [...new Set([...Object.values(creations).map(({ operation }) => operation), ...Object.values(integrations)])];
  const python = await ensureMiniStackPython(printError);
  const { stdout } = await promisify(execFile)(python, [path.join(__dirname, "facts.py"), ...operations], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as object;
}

/** Reads the names of metrics by namespace from CloudFormation's service specification. */
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

/** Writes a line for each operation, member or namespace. @returns true if the file was up to date */
async function write(file: string, content: object, check: boolean): Promise<boolean> {
  const filepath = path.join(folder, file);
  const text = factsText(content);
  const isCurrent = text === readFileSync(filepath, "utf8");
  if (!check) writeFileSync(filepath, text);
  print(`preflight/facts/${file} ${isCurrent ? "is up to date" : check ? "is out of date" : "is rewritten"}.`);
  return isCurrent;
}

/** Returns the text of a file of facts. */
export const factsText = (content: object): string => `${inLines(content, "")}\n`;

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

/** Writes an object with a line for each of its entries, and for each entry of those that are objects. */
function inLines(value: object, indent: string): string {
  const lines = Object.entries(value).map(([key, entry]) => {
    const text = indent === "" && isNested(entry) ? inLines(entry, "  ") : JSON.stringify(entry);
    return `${indent}  ${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${lines.join(",\n")}\n${indent}}`;
}
