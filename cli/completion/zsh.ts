import { programName } from "../lib/programName";
import { inQuotes } from "../lib/shell";
import { valueCases, walk } from "./posix";
import type { CommandWords, Values } from "./words";

/** Writes the script for zsh: for .zshrc, after compinit, or for a file in fpath. */
export function zshScript(all: readonly CommandWords[]): string {
  const cases = all.map(({ names, commands, options }) => {
    const described = (list: readonly (readonly [string, string])[]) =>
      list.map(([name, description]) => inQuotes(`${name}:${description.replaceAll(":", "\\:")}`)).join(" ");
    const flags = options.flatMap((option) => option.names.map((name) => [name, option.description] as const));
    return `${inQuotes(names.length === 0 ? "" : ` ${names.join(" ")}`)})
      commands=(${described(commands.map(({ name, description }) => [name, description]))})
      options=(${described(flags)}) ;;`;
  });
  return `#compdef ${programName}
# Completes ${programName}, and npx ${programName}, in zsh.
_webhook_pipeline() {
  local at="" option="" word count=0 first=2 i
  local -a commands options
  if [[ \${words[1]##*/} == npx ]]; then
    first=3
    if [[ \${words[2]} != ${programName} || $CURRENT -eq 2 ]]; then
      if ((CURRENT == 2)); then compadd ${programName}; fi
      _default
      return
    fi
  fi
${walk(all, "for ((i = first; i < CURRENT; i++)); do word=${words[i]}")}
  case "$at \${option:-$count}" in
    ${valueCases(all, rendered).join("\n    ")}
  esac
  if [[ -n $option ]]; then return; fi
  case "$at" in
    ${cases.join("\n    ")}
  esac
  if (($#commands)); then _describe -t commands command commands; fi
  if [[ $PREFIX == -* ]]; then _describe -o -t options option options; fi
}
if [[ $funcstack[1] == _webhook_pipeline ]]; then
  _webhook_pipeline "$@"
else
  compdef _webhook_pipeline ${programName} npx
fi`;
}

function rendered(values: NonNullable<Values>): string {
  if (values === "file") return "_files";
  if (values === "stack") return "options=(Pulumi.*.yaml(N)); compadd -- ${${options#Pulumi.}%.yaml}";
  return `compadd -- ${values.map(inQuotes).join(" ")}`;
}
