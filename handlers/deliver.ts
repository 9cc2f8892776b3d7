import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { DeliverCommand, TestResult } from "../domain/destinations";
import { withDeadline } from "./aws/deadline";
import { beginLog, publishMetrics } from "./aws/telemetry";
import { traced } from "./aws/tracing";
import { deliverBatch } from "./deliver/batch";
import { configuredDestinations, type ConfiguredDestination } from "./deliver/settings";
import { realSurroundings } from "./deliver/surroundings";
import { follow, tend } from "./deliver/tend";
import { sendTest } from "./deliver/test";

/**
 * Posts events to the destinations: the messages of a destination's queue, signed, with retries. Commands of the schedule and of operators
 * come to it, too.
 * @returns the messages that stay in the queue; or the result of a command
 */
export async function handler(event: SQSEvent | DeliverCommand, context: Context): Promise<SQSBatchResponse | TestResult | undefined> {
  beginLog(context);
  try {
    return await withDeadline(context, () =>
      traced("deliver", async () => ("command" in event ? run(event, context) : deliverBatch(event.Records, context, realSurroundings))),
    );
  } finally {
    publishMetrics();
  }
}

async function run(command: DeliverCommand, context: Context): Promise<TestResult | undefined> {
  switch (command.command) {
    case "tend":
      await tend(context, realSurroundings);
      return undefined;
    case "follow":
      await follow(find(command.destination), context);
      return undefined;
    case "test":
      return sendTest(find(command.destination), realSurroundings);
  }
}

/** Returns a destination. @throws Error if there is none of this name to which the function posts */
function find(name: string): ConfiguredDestination {
  const destination = configuredDestinations().get(name);
  if (!destination) throw new Error(`Unknown destination "${name}".`);
  return destination;
}
