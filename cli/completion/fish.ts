import { programName } from "../lib/programName";
import { keyOf } from "./posix";
import type { CommandWords, Values } from "./words";

/** Writes the script for fish: for ~/.config/fish/completions, or config.fish. */
export function fishScript(all: readonly CommandWords[]): string {
  const paths = all.filter(({ names }) => names.length > 0).map(({ names }) => keyOf(names.slice(0, -1), names.at(-1)!));
  const awaiting = all.flatMap(({ names, options }) =>
    options.filter(({ takesValue }) => takesValue).flatMap((option) => option.names.map((name) => keyOf(names, name))),
  );
  return `# Completes ${programName}, and npx ${programName}, in fish.
# Succeeds where the words before the cursor lead to this command; with a number, if so many of its arguments are given.
function __webhook_pipeline_at
  set -l words (commandline -opc)
  set -e words[1]
  if contains -- ${programName} $words[1]; set -e words[1]; end
  set -l at ""; set -l option ""; set -l count 0
  for word in $words
    if test -n "$option"; set option ""; continue; end
    switch "$at $word"
      case ${paths.map(quoted).join(" ")}
        set at "$at $word"
      case ${awaiting.map(quoted).join(" ")}
        set option $word
      case '* -*'
      case '*'
        set count (math $count + 1)
    end
  end
  test "$at" = "$argv[1]"; and test -z "$argv[2]" -o "$argv[2]" = "$count"
end
function __webhook_pipeline_npx
  contains -- (commandline -opc)[2] ${programName}
end
function __webhook_pipeline_stacks
  for file in Pulumi.*.yaml; string replace -r '^Pulumi\\.(.+)\\.yaml$' '$1' $file; end
end
complete -c npx -n 'test (count (commandline -opc)) = 1' -a ${programName}
for line in ${["''", "npx"].join(" ")}
  set -l program ${programName}; set -l also true
  if test -n "$line"; set program npx; set also __webhook_pipeline_npx; end
  ${all.flatMap(linesOf).join("\n  ")}
end`;
}

function linesOf({ names, commands, options, arguments: given }: CommandWords): string[] {
  const path = names.length === 0 ? "" : keyOf(names.slice(0, -1), names.at(-1)!);
  const when = (count?: number) =>
    `complete -c $program -n "$also; and __webhook_pipeline_at '${path}'${count === undefined ? "" : ` ${count}`}"`;
  return [
    ...commands.map(({ name, description }) => `${when()} -f -a ${name} -d ${quoted(description)}`),
    ...options.map(({ names: own, description, takesValue, values }) => {
      const flags = own.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      return `${when()} ${flags.join(" ")}${takesValue ? ` -r${rendered(values)}` : ""} -d ${quoted(description)}`;
    }),
    ...given.flatMap((values, count) => (values === undefined ? [] : [`${when(count)}${rendered(values)}`])),
  ];
}

function rendered(values: Values): string {
  if (values === "file") return " -F";
  if (values === undefined) return " -f";
  return ` -f -a ${values === "stack" ? "'(__webhook_pipeline_stacks)'" : quoted(values.join(" "))}`;
}

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
