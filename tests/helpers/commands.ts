import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { onInterruption } from "../../cli/lib/interruption";

/** Exit code and output of a command. */
export interface Ended {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Command in a process of its own, as npm starts it. */
export class Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout: Buffer[] = [];
  #stderr = "";

  constructor(program: string, args: readonly string[], environment: Record<string, string> = {}, input?: string) {
    const env = { ...process.env, NODE_NO_WARNINGS: "1", ...environment };
    this.child = spawn(program, args, { env, stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"] });
    this.child.stdin?.end(input);
    this.child.stdout!.on("data", (chunk: Buffer) => this.#stdout.push(chunk));
    this.child.stderr!.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    const forget = onInterruption(() => this.child.kill("SIGTERM"));
    this.ended = new Promise((resolve) =>
      this.child.once("close", (code) => {
        forget();
        resolve({ code, stdout: Buffer.concat(this.#stdout), stderr: this.#stderr });
      }),
    );
  }

  /** Output so far. */
  get printed(): string {
    return Buffer.concat(this.#stdout).toString();
  }

  /** What was printed on standard error so far. */
  get printedErrors(): string {
    return this.#stderr;
  }
}

/** Runs a command line of `webhook-pipeline` in a process of its own. */
export function runProgram(args: readonly string[], environment: Record<string, string> = {}, input?: string): Command {
  return new Command(process.execPath, ["bin/webhook-pipeline.js", ...args], environment, input);
}

/** Runs one of the repository's own programs, such as `tools/repo/judge.ts`. */
export function runScript(file: string, args: readonly string[], environment: Record<string, string> = {}, input?: string): Command {
  return new Command(process.execPath, ["-r", "ts-node/register", file, ...args], environment, input);
}

/** Lists the process IDs of the local AWS at an endpoint, and of its functions' workers. */
export function processesAt(endpoint: string): number[] {
  const { port } = new URL(endpoint);
  const listed = execFileSync("ps", ["axeww", "-o", "pid=,command="], { encoding: "utf8", maxBuffer: 2 ** 26 });
  const own = new RegExp(`\\bGATEWAY_PORT=${port}\\b`);
  return listed.split("\n").flatMap((line) => (own.test(line) ? [Number.parseInt(line, 10)] : []));
}
