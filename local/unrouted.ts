import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/transport";
import { SignatureV4 } from "@smithy/signature-v4";
import { sourceAt } from "../domain/paths";
import type { LocalAws } from "./clients";

/** Request to a path that no source has. API Gateway answers it itself: the receiver's log does not have it. */
export interface Unrouted {
  /** Grows with each request of a run. */
  number: number;
  /** Epoch milliseconds. */
  at: number;
  /** What stands for the source's name in the path, or the whole path if it is none of a webhook. It is a stranger's text. */
  source: string;
  sourceIp: string;
}

/** Path at which the guard tells them (guard.py), to the run's own keys alone. */
const unroutedPath = "/_aws/unrouted-webhooks";
const answerTimeoutMs = 5_000;

/** Reads the newest of these requests from the local run's guard, oldest first. @throws Error if it does not answer */
export async function readUnrouted({ endpoint, region, accessKeyId, secretAccessKey }: LocalAws): Promise<Unrouted[]> {
  const { protocol, hostname, host } = new URL(endpoint);
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({ service: "execute-api", region, credentials, sha256: Sha256 });
  const request = new HttpRequest({ protocol, hostname, path: unroutedPath, method: "GET", headers: { host } });
  const { headers } = await signer.sign(request);
  const response = await fetch(`${endpoint}${unroutedPath}`, { headers, signal: AbortSignal.timeout(answerTimeoutMs) });
  if (!response.ok) throw new Error(`The local run's guard answers ${response.status}.`);
  const found = (await response.json()) as (Omit<Unrouted, "source"> & { path: string })[];
  return found.map(({ path, ...one }) => ({ ...one, source: sourceIn(path) }));
}

/** Returns the source's name in the path of a stage. */
function sourceIn(path: string): string {
  const [, inStage] = /^\/_aws\/execute-api\/[^/]+\/[^/]+(\/.*)$/s.exec(path) ?? [undefined, path];
  return sourceAt(inStage) ?? inStage;
}
