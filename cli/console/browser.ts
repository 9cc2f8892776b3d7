import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { onInterruption } from "../lib/interruption";
import { printError } from "../lib/output";

const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: "open", win32: "explorer" };

/**
 * Opens an address in the usual browser. The command line of a process can be read by others of this machine, and the address has a token: so
 * the browser gets a file for its owner alone, which leads to the address. It goes at the end.
 */
export function openInBrowser(url: string): void {
  const folder = mkdtempSync(path.join(tmpdir(), "webhook-console-"));
  onInterruption(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "open.html");
  writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0;url=${url}"><a href="${url}">Open the console</a>\n`, {
    mode: 0o600,
  });
  const opener = openers[process.platform] ?? "xdg-open";
  const browser = spawn(opener, [file], { stdio: "ignore", detached: true });
  browser.on("error", () => printError(`No browser was found (${opener}). Open the address yourself.`));
  browser.unref();
}
