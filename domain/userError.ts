/** Reports an error that the user can fix. It is printed as one sentence, without a stack trace. */
export class UserError extends Error {
  /** Exit code of the command. */
  readonly exitCode: number = 1;
}

/** Exit code of a command whose events, or whatever it is given by name, do not exist. */
export const notFoundCode = 3;

/** Reports that something the user named does not exist: an event, a stack, a file, a local run. */
export class NotFoundError extends UserError {
  override readonly exitCode = notFoundCode;
}
