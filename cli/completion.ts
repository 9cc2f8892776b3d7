import { createRequire } from "node:module";
import { Argument, type Command } from "commander";
import { lazily, withExamples } from "./lib/command";

const load = createRequire(__filename);

/** Adds `completion`. */
export function addCompletion(program: Command): void {
  const completion = program
    .command("completion")
    .description("Print a script that completes commands and options in your shell.")
    .addArgument(new Argument("<shell>", "your shell").choices(["bash", "zsh", "fish"]))
    .action(lazily(printerFor(program), "printCompletion"));
  withExamples(
    completion,
    ["completion bash >> ~/.bashrc", "Completes in every new bash, and after npx as well."],
    ["completion zsh >> ~/.zshrc", "Completes in every new zsh, if .zshrc runs compinit before."],
    ["completion fish > ~/.config/fish/completions/webhook-pipeline.fish", "Completes in every new fish."],
  );
}

/** Loads the module when it is needed, and hands it the program whose words it prints. */
function printerFor(program: Command) {
  return () => {
    const { printCompletion } = load("./completion/script") as typeof import("./completion/script");
    return { printCompletion: (shell: string) => printCompletion(program, shell) };
  };
}
