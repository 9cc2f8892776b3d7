import { once } from "node:events";
import { printable, printableLines } from "./printable";

/** Prints one line, such as a row of a table. A line end in a value cannot begin another. */
export function printLine(line: string, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(`${printable(line)}\n`);
}

/** Prints a text on standard output. @returns the exit code, for `return print(…)` */
export function print(text: string, code = 0): number {
  process.stdout.write(`${printableLines(text)}\n`);
  return code;
}

/** Prints a text on standard error, which is for everything except data. */
export function printError(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
}

/** Prints texts as they come, one a line or as one JSON list, no faster than the reader takes them. @returns how many */
export async function printList(texts: Iterable<string> | AsyncIterable<string>, asJson: boolean): Promise<number> {
  let count = 0;
  const write = async (text: string) => void (process.stdout.write(text) || (await once(process.stdout, "drain")));
  for await (const text of texts) {
    const before = count++ === 0 ? "[" : ",";
    await write(asJson ? `${before}${printable(JSON.stringify(text))}` : `${printable(text)}\n`);
  }
  if (asJson) await write(count === 0 ? "[]\n" : "]\n");
  return count;
}

/** Prints a payload: escaped on a terminal, but its exact bytes to a file or another program. */
export function printPayload(body: Buffer, stream: NodeJS.WriteStream = process.stdout): void {
  stream.write(stream.isTTY ? `${printableLines(body.toString())}\n` : body);
}
