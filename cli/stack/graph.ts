import { captureStack } from "../lib/graphs";
import { print } from "../lib/output";

/** Prints a stack's resources as JSON. Needs no AWS account and no Pulumi CLI. @throws NotFoundError if the stack has no file */
export async function printGraph({ stack }: { stack: string }): Promise<void> {
  print(JSON.stringify(await captureStack(stack), undefined, 2));
}
