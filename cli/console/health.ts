import { DescribePipeCommand, type DescribePipeCommandOutput, type PipesClient } from "@aws-sdk/client-pipes";
import { readAlarms, type AlarmsTarget } from "./alarms";
import type { Health, HealthCheck } from "./api";
import { MissingPermissions } from "./missing";
import { probe, type ProbedTarget } from "./probes";

/** What the health of a pipeline is read from. */
export interface HealthTarget extends AlarmsTarget, ProbedTarget {
  /** Name of the stack; `undefined` for the local run. */
  stack: string | undefined;
  pipes: PipesClient;
  pipeName: string;
}

/** Reads the pipe's state, the alarms, and which permissions the credentials lack. A permission that is missing is no failure. */
export async function readHealth(target: HealthTarget): Promise<Health> {
  const missing = new MissingPermissions();
  const { pipes, pipeName } = target;
  const describePipe = () => pipes.send(new DescribePipeCommand({ Name: pipeName }));
  const [pipe, alarms] = await Promise.all([
    missing.attempt("pipes:DescribePipe", "the state of the pipe", describePipe),
    missing.attempt("cloudwatch:DescribeAlarms", "the alarms", () => alarmsOf(target)),
    probe(target, missing),
  ]);
  return {
    checks: [pipe ? checkOf(pipe) : notReadable("pipe"), ...(alarms ?? [notReadable("alarms")])],
    missing: missing.found.sort((a, b) => (a.permission < b.permission ? -1 : 1)),
  };
}

const notReadable = (name: string): HealthCheck => unknown(name, "The credentials of this console may not read it.");

const unknown = (name: string, detail: string): HealthCheck => ({ name, state: "unknown", detail, since: null, runbook: null });

async function alarmsOf(target: HealthTarget): Promise<HealthCheck[]> {
  const { stack } = target;
  // The local AWS stores alarms, but never evaluates one.
  if (stack === undefined) return [unknown("alarms", "The local run evaluates no alarms: look at the failed events and the dead letters.")];
  const alarms = await readAlarms(target);
  return alarms.length > 0 ? alarms : [unknown("alarms", `CloudWatch has no alarm of the stack. Run pulumi up --stack ${stack}.`)];
}

/** Entry that says how to start the pipe. */
const startPipe = "Start a pipe that AWS has switched off";

function checkOf({ CurrentState, StateReason = "" }: DescribePipeCommandOutput): HealthCheck {
  const state = stateOf(CurrentState ?? "");
  const reason = StateReason === "" ? "" : ` AWS says: ${StateReason}`;
  const detail = {
    ok: "The pipe is RUNNING: it passes new events to the workflow.",
    alarm: `The pipe is ${CurrentState}: new events are stored, but wait.${reason}`,
    unknown: `The pipe is ${CurrentState}. Look again in a minute.${reason}`,
  }[state];
  // AWS does not say since when the pipe has this state.
  return { name: "pipe", state, detail, since: null, runbook: state === "ok" ? null : startPipe };
}

/** A pipe whose state ends in -ING is on its way to another one. @see https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_DescribePipe.html */
function stateOf(state: string): HealthCheck["state"] {
  if (state === "RUNNING") return "ok";
  return /^(STOPPED|DELETED|\w+_FAILED)$/.test(state) ? "alarm" : "unknown";
}
