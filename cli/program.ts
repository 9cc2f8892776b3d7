import type { Command } from "commander";
import "../local/sdkWarning";
import { version } from "../package.json";
import { addCompletion } from "./completion";
import { addConsole } from "./console";
import { addDestinations } from "./destinations";
import { addEvents } from "./events";
import { programName } from "./lib/programName";
import { createStrictCommand } from "./lib/commandLine";
import { enterProjectFolder } from "./lib/projectFolder";
import { addListen } from "./listen";
import { addSecrets } from "./secrets";
import { addSend } from "./send";
import { addStack } from "./stack";
import { addStart } from "./start";

const exitCodes = "\nExit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 partly done, 130 interrupted.";

/** Creates the command line of people who run the pipeline; tools/commands.ts adds that of its developers. */
export function createProgram(): Command {
  const program = createStrictCommand(`npx ${programName}`, "Run, operate and check the webhook pipeline.");
  program.addHelpText("after", exitCodes);
  program.version(version, "-V, --version", "print the version");
  program.hook("preAction", (_program, command) => enterProjectFolder(command));
  for (const add of [addStart, addSend, addEvents, addDestinations, addListen, addConsole, addSecrets, addStack, addCompletion])
    add(program);
  return program;
}
