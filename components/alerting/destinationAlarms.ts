import { Metric } from "../../domain/metrics";
import { alarm, errorRate, sum, type AlarmRule } from "./alarmRule";
import { destinationScopes, metric, scopesOf, type Watched, type WatchedDestination } from "./metrics";

/** Seconds for which an event may wait for its delivery. */
const behindSeconds = 15 * 60;
/** Days after which the end of a pause, or of a backlog, is urgent: SQS deletes messages after 14. */
const longestDays = 12;
const longestSeconds = longestDays * 24 * 3_600;

/** Returns the alarms of the destinations: up to five for each, and those of the function that posts. */
export function destinationAlarms(watched: Watched): AlarmRule[] {
  const each = watched.destinations.flatMap((destination) => [
    unrouted(watched, destination),
    behind(watched, destination),
    expiring(watched, destination),
    ...paused(watched, destination),
    dead(watched, destination),
  ]);
  return [...each, ...ofFunction(watched)];
}

/** EventBridge tries again after throttles and outages alone; a permission or a key that is missing fails at once. */
function unrouted(watched: Watched, destination: WatchedDestination): AlarmRule {
  const { rule } = destinationScopes(watched, destination);
  const metrics = { failed: metric(rule, "FailedInvocations"), lost: metric(rule, "InvocationsFailedToBeSentToDlq") };
  const description =
    "EventBridge cannot put events into the destination's queue, and perhaps not into its dead-letter queue either. Restore both, then backfill.";
  return { ...sum("destination-unrouted", description, metrics), of: destination.name };
}

/** A resumption ends a pause, not the backlog: the age of the queue's oldest message tells what SQS is about to delete. */
function expiring(watched: Watched, destination: WatchedDestination): AlarmRule {
  const { queue } = destinationScopes(watched, destination);
  return alarm(
    "destination-expiring",
    `An event has been in the destination's queue for more than ${longestDays} days. SQS deletes it after 14. Let the queue drain, or backfill it later.`,
    metric(queue, "ApproximateAgeOfOldestMessage", "Maximum"),
    { of: destination.name, threshold: longestSeconds },
  );
}

/** A message that waits for its next attempt is not the queue's oldest for long, so the function reports the oldest delivery as well. */
function behind(watched: Watched, destination: WatchedDestination): AlarmRule {
  const of = destinationScopes(watched, destination);
  const age = metric(of.queue, "ApproximateAgeOfOldestMessage", "Maximum");
  const rule = alarm(
    "destination-behind",
    "An event has waited more than 15 minutes for its delivery. It is kept and tried again. Find out why the destination does not accept it.",
    age,
    { of: destination.name, threshold: behindSeconds },
  );
  if (!of.sent) return rule;
  const metrics = { age, undelivered: metric(of.sent, Metric.oldestUndelivered, "Maximum") };
  return { ...rule, metrics, expression: "MAX([FILL(age, 0), FILL(undelivered, 0)])" };
}

function paused(watched: Watched, destination: WatchedDestination): AlarmRule[] {
  const { sent } = destinationScopes(watched, destination);
  if (!sent) return [];
  const description =
    "Nothing is sent to the destination: too many attempts failed, its endpoint wants no more, or an operator paused it. Its events wait in the queue.";
  return [alarm("destination-paused", description, metric(sent, Metric.paused, "Maximum"), { of: destination.name })];
}

function dead(watched: Watched, destination: WatchedDestination): AlarmRule {
  const { deadLetters } = destinationScopes(watched, destination);
  return alarm(
    "destination-dead-letters",
    "Events could not be delivered, and are not tried again. Fix the cause, then redeliver them.",
    metric(deadLetters, "ApproximateNumberOfMessagesVisible", "Maximum"),
    { of: destination.name, minutes: 1 },
  );
}

function ofFunction(watched: Watched): AlarmRule[] {
  const of = scopesOf(watched);
  if (!of.deliver) return [];
  return [
    alarm(
      "destination-pause-ends",
      `A destination has been paused for more than ${longestDays} days. SQS deletes its events after 14. Resume it, or backfill it later.`,
      metric(of.delivered, Metric.longestPause, "Maximum"),
      { threshold: longestSeconds },
    ),
    errorRate(
      "deliver-errors",
      "More than 1 % of the invocations of deliver fail. Their events return to the queues. Find the error in the function's log.",
      of.deliver,
    ),
    alarm(
      "deliver-throttles",
      "The function deliver is throttled: no concurrency is left. Events are delivered late. Raise the account's limit.",
      metric(of.deliver, "Throttles"),
    ),
    {
      what: "deliver-silent",
      description:
        "The schedule has tended the destinations in no run for 15 minutes. Nothing is paused or resumed by itself. Check the schedule, and the log.",
      metrics: { m: metric(of.delivered, Metric.tended) },
      threshold: 1,
      comparison: "LessThanThreshold",
      minutes: 5,
      periods: 3,
      silenceIsBad: true,
    },
  ];
}
