import type { Command } from "commander";
import { print } from "../lib/output";
import { bashScript } from "./bash";
import { fishScript } from "./fish";
import { wordsOf, type CommandWords } from "./words";
import { zshScript } from "./zsh";

const scripts: Readonly<Record<string, (words: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Prints a script for a shell. It holds every word of the program, so that completing starts no process. */
export async function printCompletion(program: Command, shell: string): Promise<void> {
  print(scripts[shell](wordsOf(program)));
}
