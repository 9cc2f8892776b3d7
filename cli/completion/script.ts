import type { Command } from "commander";

export function printCompletion(program: Command, shell: string): Promise<void> {
  throw new Error(`${program.name()} ${shell}`);
}
