import { programName } from "../lib/programName";

/** Writes a command line of this program for a POSIX shell. Transaction IDs come from outside: each word is quoted unless it is harmless. */
export function commandLine(words: readonly string[]): string {
  return ["npx", programName, ...words.map(quoted)].join(" ");
}

/** Quotes a word for a POSIX shell, unless it is harmless. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Writes options as words; those that are not given are left out. */
export function optionWords(options: Record<string, string | number | undefined>): string[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
}
