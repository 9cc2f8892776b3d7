import {
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
} from "@aws-sdk/client-lambda";
import type { Context } from "aws-lambda";
import { siblingQueueArn } from "../../domain/listeners";
import { abortAtDeadline } from "../aws/deadline";
import { lambda } from "../aws/lambda";
import { logger } from "../aws/telemetry";
import { safeDescription } from "../errors";
import { queueName } from "./queue";

/** States of a mapping that delivers, or soon will. */
const delivering = new Set(["Enabled", "Enabling", "Creating"]);

/**
 * Lists the function's mappings: that of one destination, or all.
 * @throws the error of Lambda
 */
export async function listMappings(context: Context, destination?: string): Promise<EventSourceMappingConfiguration[]> {
  const of = { FunctionName: context.functionName, ...(destination !== undefined && { EventSourceArn: queueArn(destination, context) }) };
  const all: EventSourceMappingConfiguration[] = [];
  let Marker: string | undefined;
  do {
    const page = await lambda.send(new ListEventSourceMappingsCommand({ ...of, Marker }), abortAtDeadline());
    all.push(...(page.EventSourceMappings ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return all;
}

/**
 * Enables or disables the mapping of a destination's queue, if it is not so already. It never throws: `tend` repeats it each minute, and each
 * send looks at the state.
 * @param known all mappings, if they were listed
 * @returns false if it could not be changed
 */
export async function setMapping(
  destination: string,
  Enabled: boolean,
  context: Context,
  known?: readonly EventSourceMappingConfiguration[],
): Promise<boolean> {
  try {
    const arn = queueArn(destination, context);
    const mappings = (known ?? (await listMappings(context, destination))).filter(({ EventSourceArn }) => EventSourceArn === arn);
    for (const { UUID, State } of mappings)
      if (delivering.has(State ?? "") !== Enabled)
        await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }), abortAtDeadline());
    return true;
  } catch (error) {
    logger.error("The event source mapping was not changed", { destination, enabled: Enabled, cause: safeDescription(error) });
    return false;
  }
}

/** Returns the ARN of a destination's queue, which is in the function's account and region. */
const queueArn = (destination: string, { invokedFunctionArn }: Context): string =>
  siblingQueueArn(invokedFunctionArn, queueName(destination));
