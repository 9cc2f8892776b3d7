import type { Health, HealthCheck, MissingPermission } from "../console/api";
import { readHealth } from "../console/health";
import { withSentences } from "../events/target";
import { print, printError, printLine } from "../lib/output";
import { findConsole, targetName } from "../lib/target";

/** Options of `stack health`. */
export interface HealthOptions {
  stack?: string;
  json?: boolean;
}

/**
 * Prints the alarms, the pipe, and the permissions that the credentials lack, as the console's view "Health" does.
 * @returns 1 if an alarm is on, the pipe does not run, or a permission is missing to tell; otherwise 0
 */
export async function printHealth({ stack, json }: HealthOptions): Promise<number> {
  const target = await findConsole(stack);
  return withSentences("stack health", stack, async () => {
    const health = await readHealth(target);
    if (json) print(JSON.stringify(health, undefined, 2));
    else for (const line of describeHealth(health)) printLine(line);
    if (!json) printError(summaryOf(health, targetName(stack)));
    return isWell(health) ? 0 : 1;
  });
}

/** Tells if nothing is wrong. A check that is not evaluated yet is not wrong. */
export const isWell = ({ checks, missing }: Health): boolean => missing.length === 0 && inAlarm(checks).length === 0;

const inAlarm = (checks: readonly HealthCheck[]) => checks.filter(({ state }) => state === "alarm");

/** Describes each check and each missing permission in a line; what is wrong comes first. */
export function describeHealth({ checks, missing }: Health): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const sorted = (["alarm", "unknown", "ok"] as const).flatMap((state) => checks.filter((check) => check.state === state));
  return [...sorted.map((check) => describeCheck(check, width)), ...missing.map(describeMissing)];
}

function describeCheck({ name, state, detail, since, runbook }: HealthCheck, width: number): string {
  const what = state === "ok" || runbook === null ? "" : ` See "${runbook}" in docs/runbook.md.`;
  return `${state.padEnd(stateWidth)} ${name.padEnd(width)}  ${since === null ? "" : `since ${since}: `}${detail}${what}`;
}

const describeMissing = ({ permission, for: purpose }: MissingPermission) =>
  `${"missing".padEnd(stateWidth)} ${permission}, for ${purpose}`;

const stateWidth = "unknown".length;

/** Says in one line how many things are wrong, and what to do about missing permissions. */
function summaryOf({ checks, missing }: Health, where: string): string {
  const alarms = inAlarm(checks).length;
  const found = [
    ...(alarms > 0 ? [`${alarms} ${alarms === 1 ? "check is" : "checks are"} in alarm.`] : []),
    ...(missing.length > 0 ? [`Attach the policy of the stack's output consolePolicy to these credentials.`] : []),
  ];
  return found.length === 0 ? `Nothing is wrong with ${where}.` : found.join(" ");
}
