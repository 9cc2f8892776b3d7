import { NotFoundError, UserError } from "../../domain/userError";

export type Outputs = Record<string, unknown>;

/**
 * Returns the outputs of the pipeline in a stack: those of the stack, if its program exports them one by one as this repository's does, or
 * those in the one output that has them all.
 * @throws NotFoundError if there is no pipeline @throws UserError if there are several
 */
export function exportedPipeline(stack: string, outputs: Outputs): Outputs {
  if (Object.keys(outputs).length === 0)
    throw new NotFoundError(`The stack ${stack} is not deployed: it has no outputs. Run pulumi up --stack ${stack}.`);
  const nested = Object.entries(outputs).filter(([, value]) => isPipeline(value));
  if (nested.length > 1)
    throw new UserError(
      `The stack ${stack} exports the stackOutputs of several pipelines: ${nested.map(([name]) => name).join(", ")}. Allowed: those of one.`,
    );
  if (nested.length === 1) return nested[0][1] as Outputs;
  if (typeof outputs.tableName === "string") return outputs;
  throw new NotFoundError(
    `The stack ${stack} does not export the stackOutputs of a pipeline. Export them (docs/use.md), and run pulumi up --stack ${stack}.`,
  );
}

/** Tells whether an output has the outputs of a pipeline. */
const isPipeline = (value: unknown) => typeof value === "object" && value !== null && "tableName" in value && "webhookUrls" in value;

/** Returns the region of a pipeline whose stack has none in its file: its program gets it from the environment, or sets it itself. */
export const regionOf = ({ stateMachineArn }: Outputs): string => String(stateMachineArn).split(":")[3];
