import { existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../domain/userError";
import { createDestinationSecret } from "../../local/destinations";
import type { LocalPipeline } from "../../local/pipeline";
import { forwardedName, type Forwarding } from "../../local/settings";
import { isListening, makeRunFolder, runFile } from "../lib/announcement";
import { print } from "../lib/output";
import { signingKeyOf } from "../secrets/destinationCredentials";

const lookEveryMs = 200;
/** Time for the service to be started after the run. Then the samples are sent all the same. */
const serviceTimeoutMs = 120_000;

/** Returns what `--forward-to` adds to a run. */
export const forwardingTo = (localUrl: string): Forwarding => ({ localUrl, secret: forwardingSecret().secret });

/** Signing secret of what is forwarded to a service on this machine. */
export interface ForwardingSecret {
  secret: string;
  /** The bytes of the secret, with which requests are signed. */
  key: Buffer;
  /** True if it did not exist before. */
  isNew: boolean;
  file: string;
}

/**
 * Returns the secret of `start --forward-to` and of `listen`. It is the same at each start, so that the service needs it once.
 * @throws UserError if its file has something else, with which anybody could sign
 */
export function forwardingSecret(): ForwardingSecret {
  const file = runFile("forwarding-secret");
  const isNew = !existsSync(file) && makeSecret(file);
  const secret = readFileSync(file, "utf8").trim();
  try {
    return { secret, key: signingKeyOf({ auth: "none" }, { secret }), isNew, file };
  } catch {
    throw new UserError(`${file} has no signing secret. Delete it: then a new one is made.`);
  }
}

/** Makes a file with a new secret, whole from the beginning. @returns false if another process was first */
function makeSecret(file: string): boolean {
  makeRunFolder();
  const draft = `${file}-${process.pid}`;
  writeFileSync(draft, createDestinationSecret(), { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    unlinkSync(draft);
  }
}

/** Prints where events go, the secret, and how to verify with it. */
export function printForwarding({ destinations }: LocalPipeline): void {
  const { url, secret } = destinations[forwardedName];
  print(`Each event is posted to ${url}. Verify it with this secret, as docs/service.mjs does:\n`);
  const { port } = new URL(url);
  print(`  ${port === "3000" ? "" : `PORT=${port || 80} `}WEBHOOK_SECRET=${secret} node docs/service.mjs\n`);
}

/** Waits until something listens at the service's address, so that the first delivery does not fail; but not for long. */
export async function awaitService(url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + serviceTimeoutMs;
  const { host } = new URL(url);
  for (let told = false; !signal.aborted && Date.now() < deadline; await sleep(lookEveryMs)) {
    if (await isListening(url)) return;
    if (!told) print(`Waiting for a service at ${host}. Start yours, or the one above, in another terminal.\n`);
    told = true;
  }
  if (!signal.aborted) print(`Nothing listens at ${host}. The samples are sent now; their deliveries are tried again later.\n`);
}
