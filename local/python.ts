import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../domain/userError";
import { withLock } from "./lock";

const run = promisify(execFile);
const usualCache = path.resolve(__dirname, "..", ".cache", "python");
const windows = process.platform === "win32";
const oldest = { major: 3, minor: 10 };

/** A Python program that this project uses, as the file of its packages says. */
export interface PythonTool {
  /** Name of the tool at the beginning of a sentence, such as "The local AWS". */
  what: string;
  /** Requirements file: each package with version and hash, the tool itself first. */
  requirements: string;
}

/**
 * Returns the Python interpreter of a virtual environment that holds exactly a tool's packages, each verified by its hash. The first use
 * installs them into the project's cache, and a changed requirements file installs them again. Processes that start at the same time
 * install them once: the environment is built in a folder of its own, and renamed when it is complete.
 * @throws UserError if there is no Python, or the packages cannot be installed
 */
export async function ensurePythonEnvironment(
  { what, requirements }: PythonTool,
  progress: (message: string) => void,
  cache = usualCache,
): Promise<string> {
  const base = await findPython(what);
  const content = readFileSync(requirements, "utf8");
  const folder = path.join(cache, createHash("sha256").update(content).update(base.version).digest("hex").slice(0, 12));
  if (existsSync(folder)) return pythonIn(folder);

  const name = /^(\S+)==(\S+)/m.exec(content)!.slice(1).join(" ");
  const tool = what.replace(/^The/, "the");
  mkdirSync(cache, { recursive: true });
  const lock = `${folder}.lock`;
  const onWait = (pid: number) => progress(`Waiting for process ${pid}, which installs ${tool} (if it does not, delete ${lock}) …`);
  await withLock(lock, onWait, async () => {
    if (existsSync(folder)) return;
    progress(`Installing ${tool} (${name}) into .cache, once …`);
    removeUnfinished(folder);
    const building = mkdtempSync(`${folder}-`);
    try {
      await makeEnvironment(base.command, building);
      await install(pythonIn(building), requirements, what, progress);
      renameSync(building, folder);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  });
  return pythonIn(folder);
}

/** Removes what interrupted installations have left. */
function removeUnfinished(folder: string): void {
  const prefix = `${path.basename(folder)}-`;
  for (const name of readdirSync(path.dirname(folder)))
    if (name.startsWith(prefix)) rmSync(path.join(path.dirname(folder), name), { recursive: true, force: true });
}

const pythonIn = (folder: string) => path.join(folder, windows ? "Scripts/python.exe" : "bin/python");

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
    throw new UserError(
      "Python cannot create a virtual environment: install its venv module (on Debian the package python3-venv) and start again.",
    );
  }
}

const pip = "-m pip install --quiet --disable-pip-version-check --retries 2 --require-hashes --only-binary :all: -r";

/** Installs a tool's packages, and reports every five seconds. */
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
