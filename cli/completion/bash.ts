import { programName } from "../lib/programName";
import { inQuotes } from "../lib/shell";
import { valueCases, walk } from "./posix";
import type { CommandWords, Values } from "./words";

/** Writes the script for bash, from version 3.2 on, which macOS has. */
export function bashScript(all: readonly CommandWords[]): string {
  const cases = all.map(({ names, commands, options }) => {
    const words = [...commands.map(({ name }) => name), ...options.flatMap((option) => option.names)];
    return `${inQuotes(names.length === 0 ? "" : ` ${names.join(" ")}`)}) words=${inQuotes(words.join(" "))} ;;`;
  });
  return `# Completes ${programName}, and npx ${programName}, in bash.
_webhook_pipeline() {
  local at="" option="" word words="" count=0 first=1 i file cur=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  if [[ \${COMP_WORDS[0]##*/} == npx ]]; then
    first=2
    if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W ${programName} -- "$cur")); fi
    if [[ \${COMP_WORDS[1]} != ${programName} || $COMP_CWORD -eq 1 ]]; then return; fi
  fi
${walk(all, "for ((i = first; i < COMP_CWORD; i++)); do word=${COMP_WORDS[i]}")}
  if [[ $cur == "=" ]]; then cur=""; fi
  case "$at \${option:-$count}" in
    ${valueCases(all, rendered).join("\n    ")}
  esac
  if [[ -z $option ]]; then
    case "$at" in
      ${cases.join("\n      ")}
    esac
    if [[ $cur != -* ]]; then words=\${words%% -*}; fi
    COMPREPLY+=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -o default -F _webhook_pipeline ${programName} npx`;
}

function rendered(values: NonNullable<Values>): string {
  if (values === "file") return "return";
  if (values === "stack")
    return 'for file in Pulumi.?*.yaml; do if [[ -e $file ]]; then file=${file#Pulumi.}; COMPREPLY+=($(compgen -W "${file%.yaml}" -- "$cur")); fi; done';
  return `COMPREPLY=($(compgen -W ${inQuotes(values.join(" "))} -- "$cur"))`;
}
