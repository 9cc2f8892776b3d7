import { programName } from "./programName";

/** Writes a command line of this program for a POSIX shell. Transaction IDs come from outside: each word is quoted unless it is harmless. */
export const ownCommandLine = (words: readonly string[]): string => shellLine(["npx", programName, ...words]);

/** Writes a command line of any program for a POSIX shell. */
export const shellLine = (words: readonly string[]): string => words.map(quoted).join(" ");

/** Quotes a word for a POSIX shell, unless it is harmless. */
export function quoted(word: string): string {
  // What a terminal obeys would not even reach the shell as it is.
  if (/\p{Cc}/u.test(word)) return `$'${word.replace(/[\\'\p{Cc}]/gu, escaped)}'`;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : inQuotes(word);
}

/** Quotes a text for a POSIX shell, also a harmless one. */
export const inQuotes = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Writes options as words; those that are not given are left out. */
export function optionWords(options: Record<string, string | number | undefined>): string[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
}

/** Escapes a character for the quotes `$'…'` of bash, zsh and ksh. */
function escaped(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}
