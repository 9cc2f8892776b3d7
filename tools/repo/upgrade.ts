import { UserError } from "../../domain/userError";

type Moment = "before" | "after";

/** What an upgrade works with: the files, npm, the program. */
export interface Workshop {
  /** The version that package.json asks for. */
  current(): string;
  stacks(): string[];
  saveGraph(stack: string, moment: Moment): void;
  /** Moves package.json and lock file, and installs; the plugin is the one that the installed SDK asks the engine for. */
  install(version: string): void;
  /** Brings both files and what is installed back to what they were. */
  restore(): void;
  /** Whether all checks pass. */
  check(): boolean;
  /** What the new version makes of a stack, as Markdown. */
  compareGraphs(stack: string): string;
  say(line: string): void;
}

/**
 * Moves to a version, runs the checks and shows what it changes in each stack.
 * @returns the exit code: 0 if all checks pass
 * @throws UserError if it is no version, or cannot be installed; all is then as it was.
 */
export function upgrade(version: string, { say, ...workshop }: Workshop): number {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new UserError(`"${version}" is no exact version, such as 7.48.0.`);
  const from = workshop.current();
  if (from === version) throw new UserError(`The AWS provider is at ${version} already.`);

  say(`The AWS provider moves from ${from} to ${version}: range, lock and plugin.`);
  const stacks = workshop.stacks();
  for (const stack of stacks) workshop.saveGraph(stack, "before");
  install(version, workshop);
  const runs = compare(stacks, workshop, say);
  const passed = workshop.check() && runs;

  const back = "git checkout package.json package-lock.json && npm ci";
  say(passed ? "All checks pass. Next: pulumi preview, then commit package.json and package-lock.json." : `Some checks fail, see above.`);
  say(`To go back: ${back}`);
  return passed ? 0 : 1;
}

function install(version: string, workshop: Pick<Workshop, "install" | "restore">): void {
  try {
    workshop.install(version);
  } catch (error) {
    workshop.restore();
    throw new UserError(`${version} cannot be installed, and all is as it was: ${(error as Error).message}`);
  }
}

/** Whether the program still runs; a program that the new version breaks is a finding, not an end. */
function compare(stacks: string[], workshop: Pick<Workshop, "saveGraph" | "compareGraphs">, say: Workshop["say"]): boolean {
  try {
    for (const stack of stacks) workshop.saveGraph(stack, "after");
    for (const stack of stacks) say(`\n${workshop.compareGraphs(stack)}`);
    return true;
  } catch (error) {
    say(`The program does not run with it: ${(error as Error).message}`);
    return false;
  }
}
