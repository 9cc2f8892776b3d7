import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { sentences, violations, type Problems } from "../check";
import { type Graph, textInput, valueAt } from "../graph/graph";
import type { RuleEntry } from "../rule";
import { periodOf } from "../schedules";

/** A function that runs on a schedule. */
export interface ScheduledFunction {
  /** The schedule, or the target of the rule with a schedule. */
  resource: GraphResource;
  function: GraphResource;
  /** The version or alias that runs. */
  qualifier: string | undefined;
  /** The schedule's expression. */
  expression: unknown;
}

/**
 * Lists the functions that run on a schedule. EventBridge Scheduler and EventBridge rules both invoke asynchronously.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
 */
export function scheduledFunctions(graph: Graph): ScheduledFunction[] {
  const expressionOf = (resource: GraphResource | undefined) => resource && valueAt(resource, "scheduleExpression");
  const ofRules = graph
    .all(Type.eventTarget)
    .map((resource) => ({ resource, arn: "arn", expression: expressionOf(graph.target(resource, "rule", Type.eventRule)) }))
    .filter(({ expression }) => expression !== undefined);
  const ofSchedules = graph.all(Type.schedule).map((resource) => ({ resource, arn: "target.arn", expression: expressionOf(resource) }));
  return [...ofSchedules, ...ofRules].flatMap(({ resource, arn: path, expression }) => {
    const arn = textInput(resource, path);
    const found = arn === undefined ? undefined : graph.findFunction(arn);
    return found ? [{ resource, function: found, qualifier: qualifierOf(arn!), expression }] : [];
  });
}

/** Finds the configuration of a function's asynchronous invocations. Each version and alias has its own. */
export const invokeConfigOf = (graph: Graph, scheduled: ScheduledFunction): GraphResource | undefined =>
  graph.all(Type.functionEventInvokeConfig).find((config) => {
    const { qualifier } = config.inputs;
    const same = qualifier === "[unknown]" || (qualifier ?? "$LATEST") === (scheduled.qualifier ?? "$LATEST");
    return (
      same && (graph.target(config, "functionName", Type.function) ?? graph.findFunction(config.inputs.functionName)) === scheduled.function
    );
  });

/** Returns the qualifier in `arn:aws:lambda:region:account:function:name:qualifier`. */
const qualifierOf = (arn: string): string | undefined => arn.split(":")[7];

/** Lambda's minimum for maximumEventAgeInSeconds. */
const leastAge = 60;

/** Period in seconds of a schedule that is known only after deployment. An hour bridges a short outage, and is far below Lambda's default age of
 * six hours. */
const ageIfUnknown = 3_600;

/** Lists useless retries of a scheduled function: its next run does the same work. A function that runs once may be retried. */
function retryProblems({ function: { name }, expression }: ScheduledFunction, config: GraphResource | undefined): Problems {
  const [retries, age] = ["maximumRetryAttempts", "maximumEventAgeInSeconds"].map((input) => config && valueAt(config, input));
  const missing = sentences([retries === undefined && "maximumRetryAttempts", age === undefined && "maximumEventAgeInSeconds"]);
  const period = periodOf(expression) ?? ageIfUnknown;
  return [
    missing.length > 0 && `the graph does not set ${missing.join(" and ")} for ${name}`,
    Number(retries) > 0 &&
      period < Infinity &&
      `maximumRetryAttempts of ${name} is ${String(retries)}, although the next run does the same work`,
    Number(age) > Math.max(period, leastAge) &&
      `maximumEventAgeInSeconds of ${name} is ${String(age)}, more than the ${period} seconds between runs of its schedule ${String(expression)}`,
  ];
}

/** Rules for asynchronous invocations of functions. */
export const invocationRules: RuleEntry[] = [
  {
    id: "lambda-scheduled-retries",
    severity: "warning",
    awsError: "silent: Lambda retries a failed run twice, and a throttled one for six hours, in addition to the runs that are due",
    cause:
      "A schedule invokes its function asynchronously, so the schedule's retry policy ends when Lambda accepts the event, and Lambda's own retries begin.",
    fix: "Give the function a FunctionEventInvokeConfig with maximumRetryAttempts 0 and maximumEventAgeInSeconds up to the schedule's period.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html",
    check: (graph) =>
      scheduledFunctions(graph).flatMap((scheduled) =>
        violations(scheduled.resource, retryProblems(scheduled, invokeConfigOf(graph, scheduled))),
      ),
  },
];
