import { Metric } from "../../domain/metrics";
import { alarm, errorRate, type AlarmRule } from "./alarmRule";
import { destinationScopes, metric, scopesOf, type Watched, type WatchedDestination } from "./metrics";

/** Seconds for which an event may wait for its delivery. */
const behindSeconds = 15 * 60;
/** Days after which the end of a pause is urgent: SQS deletes messages after 14. */
const longestPauseDays = 12;

/** Returns the alarms of the destinations: three for each, and those of the function that posts. */
export function destinationAlarms(watched: Watched): AlarmRule[] {
  const each = watched.destinations.flatMap((destination) => [
    behind(watched, destination),
    ...paused(watched, destination),
    dead(watched, destination),
  ]);
  return [...each, ...ofFunction(watched)];
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
      `A destination has been paused for more than ${longestPauseDays} days. SQS deletes its events after 14. Resume it, or backfill it later.`,
      metric(of.delivered, Metric.longestPause, "Maximum"),
      { threshold: longestPauseDays * 24 * 3_600 },
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
