/** Something that the person at the keyboard can put right: printed as its one sentence, without a stack trace. */
export class UserError extends Error {}

/** Runs a command's main function; a UserError or any other failure ends it with exit code 1 and one clear message. */
export async function runCommand(main: () => Promise<number | void>): Promise<void> {
  process.stdout.on("error", endQuietly);
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = 1;
  }
}

/** Whoever reads what a command prints, such as `head`, may have read enough. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
}
