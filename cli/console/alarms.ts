import { DescribeAlarmsCommand, type CloudWatchClient, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { alarmName, namePrefix } from "../../domain/names";
import type { HealthCheck } from "./api";

/** What the alarms of a stack are found by. */
export interface AlarmsTarget {
  cloudWatch: CloudWatchClient;
  suffix: string;
  destinations: Readonly<Record<string, unknown>>;
}

/** Reads the alarms of a stack: those that are on first, then those that were never evaluated. */
export async function readAlarms(target: AlarmsTarget): Promise<HealthCheck[]> {
  const alarms = await describeAlarms(target);
  const checks = alarms.flatMap((alarm) => checkOf(alarm, target) ?? []);
  return checks.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || (a.name < b.name ? -1 : 1));
}

const order: readonly HealthCheck["state"][] = ["alarm", "unknown", "ok"];

/** Lists the alarms of all stacks in the account and region: a suffix cannot be asked for. Leaves out composite ones, which repeat others. */
async function describeAlarms({ cloudWatch }: AlarmsTarget): Promise<MetricAlarm[]> {
  const alarms: MetricAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: namePrefix, AlarmTypes: ["MetricAlarm"], NextToken }));
    alarms.push(...(page.MetricAlarms ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return alarms;
}

const states: Readonly<Record<string, HealthCheck["state"]>> = { OK: "ok", ALARM: "alarm" };

/** Returns an alarm as a check; `undefined` of another stack's. */
function checkOf(alarm: MetricAlarm, target: AlarmsTarget): HealthCheck | undefined {
  const { text, heading } = partsOf(alarm.AlarmDescription ?? "");
  const name = heading === undefined ? undefined : checkName(alarm.AlarmName ?? "", heading, target);
  if (heading === undefined || name === undefined) return undefined;
  const state = states[alarm.StateValue ?? ""] ?? "unknown";
  return {
    name,
    state,
    detail: { alarm: text, ok: "The alarm is off.", unknown: "CloudWatch has not evaluated the alarm yet." }[state],
    since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString() ?? null,
    runbook: heading,
  };
}

/** Divides the description of an alarm into its sentences and the heading of the runbook with which it ends. */
function partsOf(description: string): { text: string; heading?: string } {
  const [, text, heading] = /^(.*?)\s*docs\/runbook\.md#([\w-]+)$/s.exec(description) ?? [];
  return text === undefined ? { text: description } : { text, heading };
}

/**
 * Returns the name of an alarm without prefix and suffix; `undefined` of another stack's. The names of the stack `my-dev` end as those of
 * `dev` do, so the whole name is compared.
 */
function checkName(name: string, heading: string, { suffix, destinations }: AlarmsTarget): string | undefined {
  if (name === alarmName(heading, suffix)) return heading;
  const destination = Object.keys(destinations).find((one) => name === alarmName(`${heading}-${one}`, suffix));
  return destination === undefined ? undefined : `${heading} of ${destination}`;
}
