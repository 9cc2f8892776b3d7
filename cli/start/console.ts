import type { LocalPipeline } from "../../local/pipeline";
import { pipelineBackend } from "../console/pipelineBackend";
import { RefusedRequests } from "../console/refused";
import { startConsole } from "../console/server";
import { onInterruption } from "../lib/interruption";
import { print } from "../lib/output";
import { findConsole } from "../lib/target";

/** Serves the console of the run until it ends, and prints its address. @returns what keeps the refused requests for the page */
export async function serveRunConsole(pipeline: LocalPipeline): Promise<RefusedRequests> {
  const refused = new RefusedRequests();
  const backend = pipelineBackend(await findConsole(undefined), { stack: undefined, canWrite: true, local: { pipeline, refused } });
  const served = await startConsole(backend);
  onInterruption(() => served.close());
  print(`Console: ${served.url}\n`);
  return refused;
}
