import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureMiniStackPython } from "../../local/ministack";
import { onInterruption } from "../../cli/lib/interruption";
import { freePort } from "./freePort";

/** Starts MiniStack with IAM enforced, but without the project's guard, for comparison. */
export async function startUnguarded(): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const python = await ensureMiniStackPython(() => {});
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), "webhook-unguarded-"));
  const env = {
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
    HOME: folder,
    TMPDIR: folder,
    GATEWAY_PORT: String(port),
    BIND_HOST: "127.0.0.1",
    AUTH: "true",
    LOG_LEVEL: "ERROR",
  };
  const child = spawn(python, ["-m", "ministack"], { cwd: folder, env, stdio: "ignore", detached: true });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // The process has already ended.
    }
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  onInterruption(stop);
  const endpoint = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    const ok = await fetch(`${endpoint}/_ministack/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return { endpoint, stop };
  }
  await stop();
  throw new Error("MiniStack did not start.");
}
