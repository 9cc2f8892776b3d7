import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { type Graph, textAt, valueAt } from "../graph";
import type { Rule } from "../rule";

/** A function that something runs again and again, and the version or alias of it that is run. */
export interface ScheduledFunction {
  /** The schedule, or the target of the rule with a schedule. */
  resource: GraphResource;
  function: GraphResource;
  qualifier: string | undefined;
}

/**
 * Lists the functions that a schedule runs. EventBridge Scheduler and EventBridge's rules both invoke asynchronously.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
 */
export function scheduledFunctions(graph: Graph): ScheduledFunction[] {
  const ofRules = graph
    .all(Type.eventTarget)
    .filter((target) => valueAt(graph.target(target, "rule", Type.eventRule) ?? target, "scheduleExpression") !== undefined);
  return [
    ...graph.all(Type.schedule).map((resource) => ({ resource, arn: textAt(resource, "target.arn") })),
    ...ofRules.map((resource) => ({ resource, arn: textAt(resource, "arn") })),
  ].flatMap(({ resource, arn }) => {
    const found = arn === undefined ? undefined : graph.findFunction(arn);
    return found ? [{ resource, function: found, qualifier: qualifierOf(arn!) }] : [];
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

/** Rules over what invokes functions asynchronously. */
export const invocationRules: Rule[] = [
  {
    id: "lambda-scheduled-retries",
    severity: "warning",
    answer:
      "silent: Lambda runs a function that failed twice more, and what it throttled for six hours, beside the runs that are due by then",
    cause:
      "A schedule invokes its function asynchronously: its own retry policy ends when Lambda has taken the event, and nothing limits Lambda's.",
    fix: "Give the function a FunctionEventInvokeConfig with maximumRetryAttempts and maximumEventAgeInSeconds.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html",
    check: (graph) =>
      scheduledFunctions(graph).flatMap((scheduled) => {
        const config = invokeConfigOf(graph, scheduled);
        const missing = ["maximumRetryAttempts", "maximumEventAgeInSeconds"].filter((input) => config?.inputs[input] === undefined);
        return missing.length > 0
          ? [{ resource: scheduled.resource, detail: `nothing sets ${missing.join(" and ")} of ${scheduled.function.name}` }]
          : [];
      }),
  },
];
