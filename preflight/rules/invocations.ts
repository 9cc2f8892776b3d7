import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { sentences, violations, type Problems } from "../check";
import { type Graph, textInput, valueAt } from "../graph";
import type { RuleEntry } from "../rule";
import { periodOf } from "../schedules";

/** A function that something runs again and again, and the version or alias of it that is run. */
export interface ScheduledFunction {
  /** The schedule, or the target of the rule with a schedule. */
  resource: GraphResource;
  function: GraphResource;
  qualifier: string | undefined;
  /** When it is run, as the schedule says it. */
  expression: unknown;
}

/**
 * Lists the functions that a schedule runs. EventBridge Scheduler and EventBridge's rules both invoke asynchronously.
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

/** Finds what is said of the asynchronous runs of a function: each version and alias has its own. */
export const invokeConfigOf = (graph: Graph, scheduled: ScheduledFunction): GraphResource | undefined =>
  graph.all(Type.functionEventInvokeConfig).find((config) => {
    const { qualifier } = config.inputs;
    const same = qualifier === "[unknown]" || (qualifier ?? "$LATEST") === (scheduled.qualifier ?? "$LATEST");
    return (
      same && (graph.target(config, "functionName", Type.function) ?? graph.findFunction(config.inputs.functionName)) === scheduled.function
    );
  });

/** `arn:aws:lambda:region:account:function:name:qualifier` */
const qualifierOf = (arn: string): string | undefined => arn.split(":")[7];

/** The age of an event in seconds that Lambda takes at least. */
const leastAge = 60;

/** The age that is enough where only the deployment knows how often a schedule runs: an hour bridges a short outage, and is far from the
 * six hours that Lambda takes where nobody asks. */
const ageIfUnknown = 3_600;

/** Says how Lambda runs a scheduled function in vain, since the next run does the same; a run that is the only one may be tried again. */
function retryProblems({ function: { name }, expression }: ScheduledFunction, config: GraphResource | undefined): Problems {
  const said = (input: string) => config && valueAt(config, input);
  const [retries, age] = [said("maximumRetryAttempts"), said("maximumEventAgeInSeconds")];
  const missing = sentences([retries === undefined && "maximumRetryAttempts", age === undefined && "maximumEventAgeInSeconds"]);
  const period = periodOf(expression) ?? ageIfUnknown;
  return [
    missing.length > 0 && `nothing sets ${missing.join(" and ")} of ${name}`,
    Number(retries) > 0 && period < Infinity && `maximumRetryAttempts of ${name} is ${String(retries)}, though the next run does the same`,
    Number(age) > Math.max(period, leastAge) &&
      `maximumEventAgeInSeconds of ${name} is ${String(age)}, more than the ${period} seconds of its schedule ${String(expression)}`,
  ];
}

/** Rules over what invokes functions asynchronously. */
export const invocationRules: RuleEntry[] = [
  {
    id: "lambda-scheduled-retries",
    severity: "warning",
    awsError:
      "silent: Lambda runs a function that failed twice more, and what it throttled for six hours, beside the runs that are due by then",
    cause:
      "A schedule invokes its function asynchronously: its own retry policy ends when Lambda has taken the event, and nothing limits Lambda's, or it is no less than what Lambda does anyway.",
    fix: "Give the function a FunctionEventInvokeConfig with maximumRetryAttempts 0, and maximumEventAgeInSeconds up to the schedule's period.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html",
    check: (graph) =>
      scheduledFunctions(graph).flatMap((scheduled) =>
        violations(scheduled.resource, retryProblems(scheduled, invokeConfigOf(graph, scheduled))),
      ),
  },
];
