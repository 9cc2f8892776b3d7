import { createRequire } from "node:module";
import * as path from "node:path";
import { capture, type Printed } from "./capture";

/** A command line of `webhook-pipeline`, or of a program in a file. */
export interface CommandLine {
  file?: string;
  args: string[];
}
export interface Ended extends Printed {
  status: number;
}

const load = createRequire(__filename);
const root = path.resolve(__dirname, "../..");
/** Folders whose modules each command loads again. Packages and the other rooms, which take long, are loaded once. */
const ofCommands = ["cli", "tools"].map((folder) => path.join(root, folder) + path.sep);
const errorsFile = require.resolve("../../cli/lib/errors");

/** Runs a command as a process of its own would. @returns its output and exit code */
async function run({ file, args }: CommandLine): Promise<Ended> {
  for (const loaded of Object.keys(require.cache)) if (ofCommands.some((folder) => loaded.startsWith(folder))) delete require.cache[loaded];
  process.argv = [process.execPath, file ?? "webhook-pipeline", ...args];
  process.exitCode = undefined;
  const { stdout, stderr } = await capture(() => (file === undefined ? runHere(args) : runFile(file)));
  return { stdout, stderr, status: Number(process.exitCode ?? 0) };
}

function runHere(args: string[]): Promise<void> {
  const { runStrictCommand } = load("../../cli/lib/commandLine") as typeof import("../../cli/lib/commandLine");
  const { createProgram } = load("../../cli/program") as typeof import("../../cli/program");
  const { addToolCommands } = load("../../tools/commands") as typeof import("../../tools/commands");
  return runStrictCommand(addToolCommands(createProgram()), args);
}

/** Runs a file, and waits for the main function that it passes to `runCommand`. */
async function runFile(file: string): Promise<void> {
  const errors = load(errorsFile) as typeof import("../../cli/lib/errors");
  let running: Promise<void> | undefined;
  const runCommand: typeof errors.runCommand = (main) => (running = errors.runCommand(main));
  load.cache[errorsFile]!.exports = { ...errors, runCommand };
  load(file);
  await running;
}

for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);
process.on("disconnect", () => process.exit());
process.on("message", (line: CommandLine) => void run(line).then((ended) => process.send!(ended)));
