import { inQuotes } from "../lib/shell";
import type { CommandWords, Values } from "./words";

/**
 * The part that bash and zsh share: a loop over the words before the cursor. It leaves the command in `at` (`" events list"`), an option
 * that awaits its value in `option`, and the number of arguments so far in `count`.
 * @param loop the head of the loop, which sets `word`
 */
export function walk(all: readonly CommandWords[], loop: string): string {
  const paths = all.map(({ names }) => ` ${names.join(" ")}`).filter((path) => path !== " ");
  const awaiting = all.flatMap(({ names, options }) =>
    options.filter(({ takesValue }) => takesValue).flatMap((option) => option.names.map((name) => keyOf(names, name))),
  );
  return `  ${loop}
    if [[ $word == "=" ]]; then continue; fi
    if [[ -n $option ]]; then option=""; continue; fi
    case "$at $word" in
      ${paths.map(inQuotes).join("|")}) at+=" $word" ;;
      ${awaiting.map(inQuotes).join("|")}) option=$word ;;
      *) if [[ $word != -* ]]; then count=$((count + 1)); fi ;;
    esac
  done`;
}

/** The cases of what can follow: the value of an option, or the argument with this number. */
export function valueCases(all: readonly CommandWords[], render: (values: NonNullable<Values>) => string): string[] {
  return all.flatMap(({ names, options, arguments: given }) => [
    ...options.flatMap(({ names: own, values }) =>
      values === undefined ? [] : [`${own.map((name) => inQuotes(keyOf(names, name))).join("|")}) ${render(values)} ;;`],
    ),
    ...given.flatMap((values, count) => (values === undefined ? [] : [`${inQuotes(keyOf(names, String(count)))}) ${render(values)} ;;`])),
  ]);
}

/** Returns the pattern of a command and one more word. */
export const keyOf = (names: readonly string[], word: string) => ["", ...names, word].join(" ");
