import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as errors from "../../cli/lib/errors";

/** Calls the main function of every command with arguments that it has no use for, and prints what each says. */
type Main = () => Promise<unknown>;
const load = createRequire(__filename);
const root = path.resolve(__dirname, "../..");
const mains: Main[] = [];
// Whoever loads the module from here on gets this one.
require.cache[require.resolve("../../cli/lib/errors")]!.exports = { ...errors, runCommand: (main: Main) => void mains.push(main) };

const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
/** What a command needs before anything can be too much for it. */
const needed: Record<string, string[]> = {
  send: ["stripe", "file.json"],
  events: ["list"],
  secrets: ["set", "stripe"],
  "graph:diff": ["base.json", "head.json"],
  preflight: ["graph.json"],
};

async function said(file: string, args: string[]): Promise<{ name: string; message: string }> {
  process.argv = [process.argv[0], file, ...args];
  delete require.cache[file];
  load(file);
  try {
    await mains.pop()!();
  } catch (error) {
    return { name: (error as Error).constructor.name, message: (error as Error).message };
  }
  return { name: "", message: `exit code ${process.exitCode}` };
}

async function main(): Promise<void> {
  const all: Record<string, unknown> = {};
  for (const [name, command] of Object.entries(scripts)) {
    const file = /^node -r ts-node\/register (\S+\.ts)/.exec(command)?.[1];
    // tools/repo/docs.ts, as a module, is no command.
    if (!file || name === "fix") continue;
    const before = needed[name] ?? [];
    const module = path.join(root, file);
    all[name] = [await said(module, [...before, "surplus"]), await said(module, [...before, "--surplus"])];
  }
  process.stdout.write(JSON.stringify(all), () => process.exit());
}

void main();
