import type { GraphResource } from "../graph/resource";
import { UserError } from "../domain/userError";
import { runCommand, UsageError } from "./lib/errors";
import { parseOptions } from "./lib/options";
import { print, printError } from "./lib/output";
import type { Account } from "../preflight/graph";
import { isError, preflight } from "../preflight/preflight";
import { renderJson, renderSarif, renderText } from "../preflight/report";
import { accountOf, captureStack, readGraphFile } from "./lib/graphs";

const usage = "npm run preflight -- [graph.json | --stack STACK] [--json | --sarif]";

/** `npm run preflight`: what AWS would refuse of a graph, found before AWS is asked. Ends with 1 on an error, 0 on warnings alone, 2 where
 * there is no graph to check. */
async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  let resources: GraphResource[];
  let account: Account = {};
  try {
    options = readOptions();
    resources = options.file === undefined ? await captureStack(options.stack) : readGraphFile(options.file);
    if (options.file === undefined) account = accountOf(options.stack);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof UsageError) throw error;
    printError(error.message);
    return 2;
  }
  if (resources.length === 0) {
    printError(`${options.file} has no resources: npm run --silent graph writes a graph.`);
    return 2;
  }
  const findings = preflight(resources, account);
  print(options.sarif ? renderSarif(findings) : options.json ? renderJson(findings) : renderText(findings, resources.length));
  return findings.some(isError) ? 1 : 0;
}

function readOptions() {
  const options = { stack: { type: "string" }, json: { type: "boolean" }, sarif: { type: "boolean" } } as const;
  const { values, positionals } = parseOptions({ options, allowPositionals: true }, usage);
  if (positionals.length > 1 || (positionals.length === 1 && values.stack !== undefined))
    throw new UsageError(`One graph is checked at a time: ${usage}`);
  if (values.json && values.sarif) throw new UsageError(`--json and --sarif exclude each other: ${usage}`);
  return { file: positionals.at(0), stack: values.stack ?? "dev", json: values.json, sarif: values.sarif };
}

void runCommand(main);
