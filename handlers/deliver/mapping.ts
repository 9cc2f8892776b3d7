import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import type { Context } from "aws-lambda";
import { abortAtDeadline } from "../aws/deadline";
import { lambda } from "../aws/lambda";
import { logger } from "../aws/telemetry";
import { safeDescription } from "../errors";
import { queueName } from "./queue";

/** States of a mapping that delivers, or soon will. */
const delivering = new Set(["Enabled", "Enabling", "Creating"]);

/**
 * Enables or disables the event source mapping of a destination's queue, if it is not so already. It never throws: `tend` repeats it each
 * minute, and each send looks at the state.
 */
export async function setMapping(destination: string, Enabled: boolean, context: Context): Promise<void> {
  try {
    const EventSourceArn = queueArn(destination, context);
    const list = new ListEventSourceMappingsCommand({ EventSourceArn, FunctionName: context.functionName });
    const { EventSourceMappings = [] } = await lambda.send(list, abortAtDeadline());
    for (const { UUID, State } of EventSourceMappings)
      if (delivering.has(State ?? "") !== Enabled)
        await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }), abortAtDeadline());
  } catch (error) {
    logger.error("The event source mapping was not changed", { destination, enabled: Enabled, cause: safeDescription(error) });
  }
}

/** Returns the ARN of a destination's queue, which is in the function's account and region. */
function queueArn(destination: string, { invokedFunctionArn }: Context): string {
  const [arn, partition, , region, account] = invokedFunctionArn.split(":");
  return [arn, partition, "sqs", region, account, queueName(destination)].join(":");
}
