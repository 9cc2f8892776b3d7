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
    .action((shell: string) =>
      lazily(() => load("./completion/script") as typeof import("./completion/script"), "printCompletion")(program, shell, completion),
    );
  withExamples(
    completion,
    ["completion bash >> ~/.bashrc", "Completes in every new bash."],
    ["completion fish > ~/.config/fish/completions/webhook-pipeline.fish", "Completes in every new fish."],
  );
}
