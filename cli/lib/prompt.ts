import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UserError } from "../../domain/userError";
import { InterruptedError } from "./errors";

/**
 * Asks on standard error, because standard output is for data.
 * @param hidden echoes nothing
 * @throws InterruptedError on Ctrl-C @throws UserError at the end of the input
 */
export async function ask(question: string, { hidden = false }: { hidden?: boolean } = {}): Promise<string> {
  // readline turns the terminal's own echo off; its own goes nowhere.
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  const ended = new AbortController();
  reader.once("close", () => ended.abort());
  let isInterrupted = false;
  reader.once("SIGINT", () => {
    isInterrupted = true;
    reader.close();
  });
  // Only now is the terminal's echo off.
  if (hidden) process.stderr.write(question);
  try {
    // readline draws its prompt again with every key, so a visible question must be its own.
    return await reader.question(hidden ? "" : question, { signal: ended.signal });
  } catch {
    throw new (isInterrupted ? InterruptedError : UserError)("Stopped. Nothing was changed.");
  } finally {
    reader.close();
    if (hidden) process.stderr.write("\n");
  }
}

/** Asks a question that only "yes" agrees to. @throws UserError if standard input is not a terminal */
export async function confirm(question: string): Promise<boolean> {
  requireTerminal(question);
  return (await ask(`${question} (yes/no) `)).trim().toLowerCase() === "yes";
}

/** Refuses to go on where a question cannot be answered. @throws UserError if standard input is not a terminal */
export function requireTerminal(question: string): void {
  if (!process.stdin.isTTY) throw new UserError(`${question} Nobody can be asked here: give --yes.`);
}

/** Reads standard input to its end. */
export async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
