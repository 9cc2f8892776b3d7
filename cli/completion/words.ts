import type { Argument, Command, Option } from "commander";
import { isFileArgument } from "../lib/command";

/** Completes a value: one of these words, the name of a stack that has a file here, or a file; nothing if it can be anything. */
export type Values = readonly string[] | "stack" | "file" | undefined;

/** An option as it is typed: `--json`, or `-h` and `--help`. */
export interface OptionWords {
  names: readonly string[];
  description: string;
  takesValue: boolean;
  values: Values;
}

/** Words that can follow a command. */
export interface CommandWords {
  /** The names that lead to the command, such as `["events", "list"]`; empty for the program itself. */
  names: readonly string[];
  commands: readonly { name: string; description: string }[];
  options: readonly OptionWords[];
  /** The values of each argument, in their order. */
  arguments: readonly Values[];
}

/** Lists what can follow each command of the tree. */
export function wordsOf(command: Command, names: readonly string[] = []): CommandWords[] {
  const help = command.createHelp();
  const own: CommandWords = {
    names,
    commands: command.commands.map((child) => ({ name: child.name(), description: child.description() })),
    options: help.visibleOptions(command).map(optionWords),
    arguments: command.registeredArguments.map(argumentValues),
  };
  return [own, ...command.commands.flatMap((child) => wordsOf(child, [...names, child.name()]))];
}

function optionWords(option: Option): OptionWords {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const takesValue = option.required || option.optional;
  const values = option.argChoices ?? (option.long === "--stack" ? "stack" : undefined);
  return { names, description: option.description, takesValue, values };
}

function argumentValues(argument: Argument): Values {
  return argument.argChoices ?? (isFileArgument(argument) ? "file" : undefined);
}
