/**
 * Most alarms in one place: in the rule of a composite alarm, and in a widget of a dashboard.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
const mostTogether = 100;

/** Divides alarms into groups, each of which fits into one place. */
export function groupsOf<T>(alarms: readonly T[]): T[][] {
  const groups = Math.ceil(alarms.length / mostTogether);
  return Array.from({ length: groups }, (_, index) => alarms.slice(index * mostTogether, (index + 1) * mostTogether));
}
