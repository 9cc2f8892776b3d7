/** Defines what `listen` leaves in a stack while it runs: a queue and a rule of one name, which say until when they may stay. */

/** Tag of the queue and the rule: the time after which nobody uses them any more, RFC 3339 with milliseconds. */
export const listenerEndTag = "ListenUntil";

/** Name of the only target of a rule. */
export const listenerTarget = "listen";

/** Hours for which a `listen` reserves its queue and rule. It reserves them again as long as it runs. */
const reservedHours = 24;

/** Returns the value of the tag for a `listen` that runs now. */
export const listenerEnd = (now: Date): string => new Date(now.getTime() + reservedHours * 3_600_000).toISOString();

/** Returns the URL of a queue beside another one of the same account and region. */
export const siblingQueueUrl = (queueUrl: string, name: string): string => queueUrl.replace(/[^/]+$/, name);

/** Returns the ARN of a queue in the account and region of another resource. */
export function siblingQueueArn(resourceArn: string, name: string): string {
  const [arn, partition, , region, account] = resourceArn.split(":");
  return [arn, partition, "sqs", region, account, name].join(":");
}

/** Tells whether a tag's value says that nobody uses a queue or rule any more. One without the tag is not a `listen`'s. */
export const hasEnded = (end: string | undefined, now: Date): end is string => end !== undefined && Date.parse(end) < now.getTime();
