import * as path from "node:path";
import type { Command } from "commander";
import { isFileArgument } from "./command";

const root = path.resolve(__dirname, "../..");

/** Lets a command run in a subfolder of the project as in the project's folder. Files on its command line stay relative to the subfolder. */
export function enterProjectFolder({ registeredArguments, processedArgs }: Command): void {
  const folder = process.cwd();
  if (!folder.startsWith(root + path.sep)) return;
  registeredArguments.forEach((argument, index) => {
    const file: unknown = processedArgs[index];
    if (isFileArgument(argument) && typeof file === "string" && file !== "-") processedArgs[index] = path.resolve(folder, file);
  });
  process.chdir(root);
}
