/** Something that the person at the keyboard can put right: printed as its one sentence, without a stack trace. */
export class UserError extends Error {
  /** What the command ends with. */
  readonly exitCode: number = 1;
}

/** Something that a person named does not exist: an event, a stack, a file, a local run. */
export class NotFoundError extends UserError {
  override readonly exitCode = 3;
}
