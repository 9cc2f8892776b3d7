import { UserError } from "../../domain/userError";
import { ownCommandLine, optionWords } from "../lib/shell";
import { isAgreed } from "../events/consent";
import { asUserError } from "../lib/errors";
import { print, printError } from "../lib/output";
import { targetName } from "../lib/target";
import type { DestinationsOptions } from "./options";
import { command, describePause, readPause, writePause, writeResume } from "./state";
import { onDelivery, type DeliveringTarget } from "./target";

/** Stops the deliveries to a destination, after a question. What arrives meanwhile waits. */
export function pauseDestination(name: string, options: DestinationsOptions): Promise<number> {
  const { stack, reason, json } = options;
  return onDelivery("pause", name, stack, async (target) => {
    await requireConsent(`Pause the deliveries to ${name} in ${targetName(stack)}?`, options);
    const isChanged = await writePause(target, name, reason);
    if (isChanged) await follow(target, name);
    const pause = await readPause(target, name);
    if (json)
      return print(JSON.stringify({ destination: name, changed: isChanged, state: pause ? "paused" : "delivering", paused: pause }));
    if (!isChanged)
      return print(`${name} was paused before: ${pause ? describePause(pause) : "it has just been resumed"}. Nothing was changed.`);
    const back = ownCommandLine(["destinations", "resume", name, ...optionWords({ stack })]);
    return print(`${name} is paused. Events wait in its queue, for 14 days at most. To go on:\n  ${back}`);
  });
}

/** Starts the deliveries to a destination again, after a question. */
export function resumeDestination(name: string, options: DestinationsOptions): Promise<number> {
  const { stack, json } = options;
  return onDelivery("resume", name, stack, async (target) => {
    const before = await readPause(target, name);
    if (before) await requireConsent(`Resume the deliveries to ${name} in ${targetName(stack)}? It is ${describePause(before)}.`, options);
    const isChanged = before !== undefined && (await writeResume(target, name));
    if (isChanged) await follow(target, name);
    if (json) return print(JSON.stringify({ destination: name, changed: isChanged, state: "delivering" }));
    return print(isChanged ? `${name} is resumed. Its rate rises over some minutes.` : `${name} is not paused. Nothing was changed.`);
  });
}

async function requireConsent(question: string, options: DestinationsOptions): Promise<void> {
  if (!(await isAgreed(question, 1, options))) throw new UserError("Nothing was changed.");
}

/** Makes the function follow the state at once. If it does not, its next run does. */
async function follow(target: DeliveringTarget, destination: string): Promise<void> {
  try {
    await command(target, { command: "follow", destination });
  } catch (error) {
    printError(`The state is stored, and takes effect within a minute instead of at once. ${asUserError("follow", error).message}`);
  }
}
