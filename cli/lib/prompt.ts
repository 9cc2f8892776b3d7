import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UserError } from "../../domain/userError";
import { UsageError } from "./errors";

/** Asks at the keyboard, on standard error, so that standard output stays what the command says.
 * @throws UserError on Ctrl-C or at the end of the input: nothing was changed. */
export async function ask(question: string, { hidden = false }: { hidden?: boolean } = {}): Promise<string> {
  if (hidden) process.stderr.write(question);
  // The terminal's own echo is off while readline reads from it; what readline echoes itself goes nowhere.
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  const ended = new AbortController();
  reader.once("close", () => ended.abort());
  reader.once("SIGINT", () => reader.close());
  try {
    // A prompt of readline's own, where it is seen: it is drawn again with every key.
    return await reader.question(hidden ? "" : question, { signal: ended.signal });
  } catch {
    throw new UserError("Stopped: nothing is changed.");
  } finally {
    reader.close();
    if (hidden) process.stderr.write("\n");
  }
}

/** Asks for a yes. @throws UsageError where there is no terminal to ask at */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`${question} There is no terminal to ask at: give --yes to agree.`);
  return (await ask(`${question} (yes/no) `)).trim().toLowerCase() === "yes";
}

/** Reads all that another program or a file hands over. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
