import type { Command } from "commander";
import { programName } from "../lib/command";
import { print } from "../lib/output";

/** One line of what a shell offers: after these words, this word. */
interface Completion {
  /** The commands before it, such as `events list`; empty for the program itself. */
  path: string;
  word: string;
  description: string;
}

/** Prints a completion script. It holds the whole command tree, so that the shell starts no program to complete a word. */
export function printCompletion(program: Command, shell: "bash" | "zsh" | "fish"): Promise<number> {
  return Promise.resolve(print(scripts[shell](completionsOf(program))));
}

/** Lists what can follow each command: its commands, its options, and the choices of its arguments. */
export function completionsOf(command: Command, path: readonly string[] = []): Completion[] {
  const at = path.join(" ");
  const help = command.createHelp();
  return [
    ...command.commands.map((child) => ({ path: at, word: child.name(), description: child.description() })),
    ...command.registeredArguments.flatMap(({ argChoices = [], description }) =>
      argChoices.map((word) => ({ path: at, word, description })),
    ),
    ...help.visibleOptions(command).map(({ long, description }) => ({ path: at, word: long!, description })),
    ...command.commands.flatMap((child) => completionsOf(child, [...path, child.name()])),
  ];
}

const scripts = { bash, zsh, fish };

/** Lists the words of each path, in the order of the tree. */
function wordsByPath(completions: readonly Completion[]): [path: string, words: string[]][] {
  const paths = [...new Set(completions.map(({ path }) => path))];
  return paths.map((path) => [path, completions.filter((one) => one.path === path).map(({ word }) => word)]);
}

/** Joins the paths of all commands, so that a shell can tell a command from an argument: `|events|events list|…|`. */
function knownPaths(completions: readonly Completion[]): string {
  return `|${wordsByPath(completions)
    .map(([path]) => path)
    .join("|")}|`;
}

function bash(completions: readonly Completion[]): string {
  const cases = wordsByPath(completions).map(([path, words]) => `    "${path}") words="${words.join(" ")}" ;;`);
  return `# bash completion of ${programName}
_webhook_pipeline() {
  local path="" words="" word known="${knownPaths(completions)}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$known" in *"|\${path:+$path }$word|"*) path="\${path:+$path }$word" ;; *) break ;; esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o bashdefault -o default -F _webhook_pipeline ${programName}`;
}

function zsh(completions: readonly Completion[]): string {
  const cases = wordsByPath(completions).map(([path]) => {
    const offered = completions
      .filter((one) => one.path === path)
      .map(({ word, description }) => `      ${quoted(`${word}:${description}`)}`);
    return `    "${path}") offered=(\n${offered.join("\n")}\n    ) ;;`;
  });
  return `#compdef ${programName}
_webhook_pipeline() {
  local -a offered
  local at="" word known="${knownPaths(completions)}"
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ "$known" == *"|\${at:+$at }$word|"* ]] || break
    at="\${at:+$at }$word"
  done
  case "$at" in
${cases.join("\n")}
  esac
  _describe ${quoted(programName)} offered || _files
}
compdef _webhook_pipeline ${programName}`;
}

function fish(completions: readonly Completion[]): string {
  const lines = completions.map(({ path, word, description }) => {
    const condition = `-n "__webhook_pipeline_at '${path}'"`;
    const offer = word.startsWith("--") ? `-l ${word.slice(2)}` : `-a ${word}`;
    return `complete -c ${programName} ${condition} ${offer} -d ${quoted(description)}`;
  });
  return `# fish completion of ${programName}
function __webhook_pipeline_at
  set -l path
  for word in (commandline -opc)[2..-1]
    string match -q -- "*|"(string join " " $path $word)"|*" "${knownPaths(completions)}"; or break
    set path (string join " " $path $word)
  end
  test "$path" = "$argv[1]"
end
${lines.join("\n")}`;
}

/** Quotes a text for any of the shells: none knows an escape within single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
