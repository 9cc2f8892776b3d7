import { spawn } from "node:child_process";

/** Runs a program on a terminal of its own, and types each answer once its question is there. Prints what the terminal shows. */
const driver = `
import json, os, pty, sys
answers, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown = b""
while answers and answers[0][0] == "":
    os.write(terminal, answers.pop(0)[1].encode())
while True:
    try:
        chunk = os.read(terminal, 1024)
    except OSError:
        break
    if not chunk:
        break
    sys.stdout.buffer.write(chunk)
    shown += chunk
    while answers and answers[0][0].encode() in shown:
        shown = shown.split(answers[0][0].encode(), 1)[1]
        os.write(terminal, answers.pop(0)[1].encode())
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** Runs a command line of `webhook-pipeline` on a terminal. @param answers what to type once a text is shown; at once if it is empty */
export function runOnTerminal(
  args: readonly string[],
  answers: readonly (readonly [question: string, answer: string])[],
  environment: Record<string, string> = {},
): Promise<{ status: number | null; shown: string }> {
  const command = [process.execPath, "bin/webhook-pipeline.js", ...args];
  const child = spawn("python3", ["-c", driver, JSON.stringify(answers), ...command], {
    env: { ...process.env, NODE_NO_WARNINGS: "1", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  return new Promise((resolve) => child.once("close", (status) => resolve({ status, shown })));
}
