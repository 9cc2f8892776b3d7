/** Name of the program in package.json. */
export const programName = "webhook-pipeline";
