import { daysAMonth, gigabyte, line, minutesAMonth, type Line } from "./line";
import { prices } from "./prices";
import type { StackFacts } from "./stack";
import { estimates, type Question, type Workload } from "./workload";

/** Polls of an idle queue each minute: five at once, each of which waits for 20 seconds. With a maximum concurrency there are never fewer.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const pollsAMinute = 5 * 3;
/** Minutes for which the function uses a secret that it has read. */
const secretMinutes = 5;
/** Read units of a run of the schedule for a destination: its state, read consistently, and the oldest delivery that is tried again. */
const unitsOfRun = 1 + 0.5;

/**
 * Prices deliveries: each destination gets each event, and accepts it at the first attempt. A queue whose consumers poll it costs the same
 * requests as one that the function reads.
 */
export function deliveryLines(stack: StackFacts, workload: Workload, { events, batch }: Question): Line[] {
  const { destinations, posting, memoryMb } = stack.deliveries;
  const messages = events * destinations;
  const posts = events * posting;
  const invocations = posts / batch;
  const units = unitsOfDelivery(workload, batch);
  const { endpoint, delivery, deliveryBatch } = estimates.milliseconds;
  const seconds = (posts * (endpoint + delivery) + invocations * deliveryBatch) / 1_000;
  const logged = (invocations * workload.delivery.logBytes) / gigabyte;
  const stored = (posts * workload.delivery.rowBytes * stack.eventRetentionDays) / daysAMonth / gigabyte;
  return [
    line("deliveries", "Deliveries: SQS requests", prices.queueRequest, messages * requestsOfMessage(batch)),
    line("deliveries", "Deliveries: Lambda requests", prices.lambdaRequest, invocations),
    line("deliveries", "Deliveries: Lambda duration", prices.lambdaDuration, (seconds * memoryMb) / 1_024, true),
    line("deliveries", "Deliveries: DynamoDB writes", prices.tableWrite, posts * units.writes),
    line("deliveries", "Deliveries: DynamoDB reads", prices.tableRead, posts * units.reads),
    line("deliveries", "Deliveries: logs", prices.logGb, logged, true),
    line("deliveries", "Deliveries: traces", prices.trace, invocations * estimates.tracedPart, true),
    line("rows", "Rows of deliveries: storage", prices.tableGbMonth, stored),
    line("rows", "Rows of deliveries: point-in-time recovery", prices.recoveryGbMonth, stack.deliveries.recovery ? stored : 0),
  ];
}

/** Returns the requests to SQS for a message: EventBridge sends each alone; receiving and deleting are shared by a batch. */
const requestsOfMessage = (batch: number) => 1 + 2 / batch;

/** Returns the capacity units of a delivery that succeeds at once. A batch that takes less than a second reads the destination's state once. */
export function unitsOfDelivery({ delivery: { rowBytes, readUnits } }: Workload, batch: number): { writes: number; reads: number } {
  return { writes: Math.ceil(rowBytes / 1_024), reads: readUnits.delivery + readUnits.batch / batch };
}

/** Prices what destinations cost in each month beside their secrets and alarms. What is only used while messages flow needs events. */
export function fixedDeliveryLines({ deliveries }: StackFacts, { events }: Question): Line[] {
  const { destinations, posting, concurrency, memoryMb, keyReuseSeconds } = deliveries;
  const isUsed = events > 0 ? 1 : 0;
  const runs = posting > 0 ? minutesAMonth : 0;
  const readings = (isUsed * concurrency * minutesAMonth) / secretMinutes;
  return [
    line("fixed", "Destinations: polls of their queues", prices.queueRequest, posting * minutesAMonth * pollsAMinute),
    line("fixed", "Destinations: runs of the schedule", prices.lambdaRequest, runs),
    line("fixed", "Destinations: duration of these runs", prices.lambdaDuration, durationOfRuns(runs, memoryMb), true),
    line("fixed", "Destinations: reads of these runs", prices.tableRead, posting * runs * unitsOfRun),
    line("fixed", "Destinations: reads of their secrets", prices.secretRequest, readings, true),
    line(
      "fixed",
      "Destinations: KMS requests",
      prices.keyRequest,
      isUsed * (destinations * keyRequestsOf(keyReuseSeconds)) + readings,
      true,
    ),
    line("fixed", "Destinations: custom metrics", prices.customMetric, isUsed * posting * estimates.customMetricsOfDestination, true),
  ];
}

const durationOfRuns = (runs: number, memoryMb: number) => (runs * estimates.milliseconds.tend * memoryMb) / 1_024 / 1_000;

/**
 * Returns the most KMS requests a month for an encrypted queue: SQS uses a data key again for a while, for each principal. EventBridge
 * produces, and one role consumes.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
function keyRequestsOf(keyReuseSeconds: number): number {
  const [producers, consumers] = [1, 1];
  return ((minutesAMonth * 60) / keyReuseSeconds) * (2 * producers + consumers);
}
