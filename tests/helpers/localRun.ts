import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as assert from "node:assert/strict";
import type { LocalPipeline } from "../../local/pipeline";
import { Command, processesAt, runProgram, type Ended } from "./commands";
import { eventually } from "./eventually";

/** Folder of a local run, and commands that find the run there. */
export class RunFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), "webhook-local-"));
  readonly environment = { LOCAL_RUN_FOLDER: this.path };
  readonly announcement = path.join(this.path, "pipeline.json");

  /** Starts a run and waits until it takes events. */
  async start(...options: string[]): Promise<Command> {
    const run = runProgram(["start", ...options], this.environment);
    await eventually("the run to be ready", async () => run.printed.includes("Ready for more") || undefined, 100_000);
    return run;
  }

  /** Runs a command that finds the run by this folder. */
  tool(args: readonly string[], input?: string): Promise<Ended> {
    return runProgram(args, this.environment, input).ended;
  }

  pipeline(): LocalPipeline {
    return JSON.parse(readFileSync(this.announcement, "utf8")) as LocalPipeline;
  }

  isAnnounced(): boolean {
    return existsSync(this.announcement);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Asserts that a local AWS has left neither a process nor a port. */
export async function assertNothingLeft(endpoint: string): Promise<void> {
  await eventually("all processes to end", async () => (processesAt(endpoint).length === 0 ? true : undefined), 10_000);
  assert.equal(await isOpen(endpoint), false);
}

function isOpen(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect({ host: hostname, port: Number(port) });
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
