import { NotFoundError } from "../../domain/userError";
import { UsageError } from "../lib/errors";
import { print } from "../lib/output";
import type { Account } from "../../preflight/graph";
import { isError, preflight } from "../../preflight/preflight";
import { renderJson, renderSarif, renderText } from "../../preflight/report";
import { accountOf, captureStack, readGraphFile } from "../lib/graphs";

/** What `stack preflight` is asked. */
export interface PreflightOptions {
  stack?: string;
  json?: boolean;
  sarif?: boolean;
}

/** Prints what AWS would refuse of a graph. @returns 1 on an error, 0 on warnings alone @throws NotFoundError if there is no graph to check */
export async function checkStack(file: string | undefined, { stack, json, sarif }: PreflightOptions): Promise<number> {
  if (file !== undefined && stack !== undefined) throw new UsageError("Give a graph or --stack, not both: one graph is checked at a time.");
  const name = stack ?? "dev";
  const resources = file === undefined ? await captureStack(name) : readGraphFile(file);
  const account: Account = file === undefined ? accountOf(name) : {};
  if (resources.length === 0) throw new NotFoundError(`${file} has no resources. Write a graph with "webhook-pipeline stack graph".`);
  const findings = preflight(resources, account);
  print(sarif ? renderSarif(findings) : json ? renderJson(findings) : renderText(findings, resources.length));
  return findings.some(isError) ? 1 : 0;
}
