import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { UserError } from "../../domain/userError";
import { runCommand, UsageError } from "../../cli/lib/errors";
import { parseOptions } from "../../cli/lib/options";
import { print } from "../../cli/lib/output";
import { stacks } from "../../config/stackFile";
import { upgrade, type Workshop } from "./upgrade";

/** `npm run upgrade:provider -- VERSION`: the AWS provider's SDK, its lock and with it the plugin, moved together and checked. */
const usage = "npm run upgrade:provider -- 7.48.0";
const name = "@pulumi/aws";
const kept = ["package.json", "package-lock.json"] as const;

async function main(): Promise<number> {
  const [version, ...rest] = parseOptions({ allowPositionals: true, options: {} }, usage).positionals;
  if (!version || rest.length > 0) throw new UsageError(`Which version? ${usage}`);
  const folder = mkdtempSync(path.join(tmpdir(), "webhook-upgrade-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return upgrade(version, workshop(folder));
}

/** Each graph by a process of its own: this one keeps the SDK that it has loaded. */
function workshop(folder: string): Workshop {
  const before = kept.map((file) => readFileSync(file));
  return {
    current: () => (JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> }).dependencies[name],
    stacks,
    saveGraph: (stack, when) => writeFileSync(file(stack, when), npm("capture", "run", "--silent", "graph", "--", "--stack", stack)),
    install: (version) => void npm("show", "install", "--loglevel=error", "--save-exact", `${name}@${version}`),
    restore: () => {
      kept.forEach((file, index) => writeFileSync(file, before[index]));
      npm("show", "ci");
    },
    check: () => spawnSync("npm", ["test"], { stdio: "inherit" }).status === 0,
    compareGraphs: (stack) =>
      npm("capture", "run", "--silent", "graph:diff", "--", file(stack, "before"), file(stack, "after"), "--title", stack),
    say: print,
  };
  function file(stack: string, when: string): string {
    return path.join(folder, `${stack}.${when}.json`);
  }
}

/** @returns what it prints. @throws Error with npm's own words. */
function npm(output: "show" | "capture", ...args: string[]): string {
  const stdio = output === "show" ? ("inherit" as const) : ("pipe" as const);
  const { status, stdout, stderr } = spawnSync("npm", args, { encoding: "utf8", stdio: ["ignore", stdio, stdio] });
  if (status === 0) return stdout;
  throw new UserError(`npm ${args.join(" ")} failed${stderr ? `: ${stderr.trim()}` : ", see above."}`);
}

void runCommand(main);
