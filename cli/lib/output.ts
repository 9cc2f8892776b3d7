/** Control characters (C0, DEL, C1), format characters (which turn the direction of writing, or are not seen), other line ends, and halves of
 * a character. A terminal obeys them instead of showing them.
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing */
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const names: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Escapes what a terminal would obey, line ends too. The escapes are JSON's: within a JSON text they mean the same as before. */
export function printable(text: string): string {
  return text.replace(obeyed, (character) => names[character] ?? escaped(character));
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}

/** Escapes a text of several lines: line feeds and tabs stay. */
export function printableLines(text: string): string {
  return text
    .split(/(\n|\t)/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join("");
}

/** Prints one line, such as a row of a table. No value within can end it, or add another. */
export function printLine(line: string, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(`${printable(line)}\n`);
}

/** Prints a text of the program's own, such as its usage, JSON or a sentence with its list. @returns the exit code, for `return print(…)` */
export function print(text: string, code = 0): number {
  process.stdout.write(`${printableLines(text)}\n`);
  return code;
}

/** Prints on standard error, beside what the command says. */
export function printError(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
}

/** Prints what somebody else has sent: escaped on a terminal; to a file or another program its bytes as they came, and nothing else. */
export function printPayload(body: Buffer, stream: NodeJS.WriteStream = process.stdout): void {
  stream.write(stream.isTTY ? `${printableLines(body.toString())}\n` : body);
}
