import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../domain/userError";

const run = promisify(execFile);
const cache = path.resolve(__dirname, "..", ".cache", "python");
const windows = process.platform === "win32";
const oldest = { major: 3, minor: 10 };

/** A Python program that this project uses, as the file of its packages says. */
export interface PythonTool {
  /** What it is to whoever waits for it, as a sentence begins: "The local AWS". */
  what: string;
  /** A requirements file: each package by version and hash, the program itself first. */
  requirements: string;
}

/**
 * The Python of a virtual environment in the project's cache that holds exactly a tool's packages, each checked by hash. Made
 * on first use and again when the file changes.
 * @returns the interpreter's path
 * @throws UserError if there is no Python, or the packages cannot be installed.
 */
export async function ensurePythonEnvironment({ what, requirements }: PythonTool, progress: (message: string) => void): Promise<string> {
  const base = await findPython(what);
  const content = readFileSync(requirements, "utf8");
  const folder = path.join(cache, createHash("sha256").update(content).update(base.version).digest("hex").slice(0, 12));
  const python = path.join(folder, windows ? "Scripts/python.exe" : "bin/python");
  const complete = path.join(folder, "complete");
  if (existsSync(complete)) return python;

  const name = /^(\S+)==(\S+)/m.exec(content)!.slice(1).join(" ");
  progress(`Installing ${what.replace(/^The/, "the")} (${name}) into .cache, once …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await makeEnvironment(base.command, folder);
  await install(python, requirements, what, progress);
  writeFileSync(complete, "");
  return python;
}

async function findPython(what: string): Promise<{ command: string; version: string }> {
  for (const command of ["python3", "python"]) {
    const version = await run(command, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    if (!version) continue;
    const [major, minor] = version.split(".").map(Number);
    if (major === oldest.major && minor >= oldest.minor) return { command, version };
  }
  throw new UserError(`${what} needs Python 3.10 or newer as python3 on the PATH; install it and start again.`);
}

async function makeEnvironment(command: string, folder: string): Promise<void> {
  try {
    await run(command, ["-m", "venv", folder]);
  } catch {
    rmSync(folder, { recursive: true, force: true });
    throw new UserError(
      "Python cannot make a virtual environment: install its venv module (on Debian the package python3-venv) and start again.",
    );
  }
}

const pip = "-m pip install --quiet --disable-pip-version-check --retries 2 --require-hashes --only-binary :all: -r";

/** A line every few seconds says that it still works. */
async function install(python: string, requirements: string, what: string, progress: (message: string) => void): Promise<void> {
  const started = Date.now();
  const ticker = setInterval(() => progress(`  still installing, ${Math.round((Date.now() - started) / 1000)} s …`), 5_000);
  const child = spawn(python, [...pip.split(" "), requirements]);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const interrupted = () => child.kill();
  process.once("exit", interrupted);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(ticker);
  process.removeListener("exit", interrupted);
  if (code === 0) return;
  const lines = errors.trim().split("\n");
  const reason = lines.filter((line) => line.startsWith("ERROR")).at(-1) ?? lines.at(-1);
  throw new UserError(`${what} could not be installed from the Python package index (is the network reachable?): ${reason}`);
}
