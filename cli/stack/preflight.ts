import { UserError } from "../../domain/userError";
import { UsageError } from "../lib/errors";
import { print } from "../lib/output";
import type { Account } from "../../preflight/graph/graph";
import { isError, preflight } from "../../preflight/preflight";
import { renderJson, renderSarif, renderText } from "../../preflight/report";
import { accountOf, captureStack, readGraphFile } from "../lib/graphs";

/** Options of `stack preflight`. */
export interface PreflightOptions {
  stack?: string;
  json?: boolean;
  sarif?: boolean;
}

/** Prints what AWS would refuse of a graph. @returns 1 if there is an error, 0 if there are only warnings @throws UserError for an empty graph */
export async function checkStack(file: string | undefined, { stack, json, sarif }: PreflightOptions): Promise<number> {
  if (file !== undefined && stack !== undefined) throw new UsageError("Give a graph or --stack, not both. A run checks one graph.");
  const name = stack ?? "dev";
  const resources = file === undefined ? await captureStack(name) : readGraphFile(file);
  const account: Account = file === undefined ? accountOf(name) : {};
  if (resources.length === 0) throw new UserError(`${file} has no resources. Write a graph with "npx webhook-pipeline stack graph".`);
  const findings = preflight(resources, account);
  print(sarif ? renderSarif(findings) : json ? renderJson(findings) : renderText(findings, resources.length));
  return findings.some(isError) ? 1 : 0;
}
