import aslValidator = require("asl-validator");
import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each, labeled } from "../check";
import { fields, list, textInput, valueAt } from "../graph/graph";
import { expressionProblems } from "../jsonata";
import { memoized } from "../memo";
import type { RuleEntry } from "../rule";
import { eachState, statesOf } from "../states";
import { textsOf } from "../texts";

/** Errors that Step Functions raises itself. @see https://states-language.net/spec.html#appendix-a */
const ownErrors = (
  "ALL HeartbeatTimeout Timeout TaskFailed Permissions ResultPathMatchFailure ParameterPathFailure QueryEvaluationError BranchFailed " +
  "NoChoiceMatched IntrinsicFailure ExceedToleratedFailureThreshold ItemReaderFailed ResultWriterFailed DataLimitExceeded Runtime Http.Socket"
)
  .split(" ")
  .map((name) => `States.${name}`);

const isExpress = (resource: GraphResource) => resource.inputs.type === "EXPRESS";

export const definitionRules: RuleEntry[] = [
  {
    id: "state-machine-definition",
    awsError: "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED / MISSING_TRANSITION_TARGET …'",
    cause: "The definition must be valid Amazon States Language, and each state must be reachable and lead to an existing state.",
    fix: "Correct the definition at the place that the finding names.",
    link: "https://github.com/localstack/localstack/pull/12487",
    check: each(Type.stateMachine, (resource) => {
      const text = textInput(resource, "definition");
      return text !== undefined && definitionProblems(text);
    }),
  },
  {
    id: "state-machine-expression",
    awsError: "InvalidDefinition: Invalid State Machine Definition: 'INVALID_JSONATA_EXPRESSION …'",
    cause: "The expression cannot be parsed, uses an unknown variable or function, or has text around its {% %}.",
    fix: "Begin the text with {% and end it with %}, and use only assigned variables, JSONata's functions and fields of $states.",
    link: "https://github.com/floci-io/floci/issues/2670",
    check: each(Type.stateMachine, (machine, graph) => {
      const states = statesOf(graph.document(machine, "definition"));
      const assigned = new Set(states.flatMap(({ state }) => assignedBy(state)));
      return states
        .filter(({ language }) => language === "JSONata")
        .map(({ name, state }) => expressionsOf(state).map((text) => labeled(`the state ${name}:`, textProblems(text, assigned))));
    }),
  },
  {
    id: "state-machine-path-as-text",
    awsError: "silent: the parameter is the path itself as text, not the value at the path",
    cause: "In JSONPath, a value is read from a path only if the parameter's name ends with .$.",
    fix: "End the parameter's name with .$.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html",
    check: eachState(
      ({ state, language }) =>
        language === "JSONPath" &&
        [...textsOf(state.Parameters), ...textsOf(state.ResultSelector)]
          .filter(isPathAsText)
          .map(({ path, text }) => `sets ${path} to the text "${text}"`),
    ),
  },
  {
    id: "state-machine-express",
    awsError:
      "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does not support '.waitForTaskToken' service integration",
    cause: "An EXPRESS execution cannot wait for jobs, tokens and activities, or start child executions.",
    fix: "Use only request-response integrations, or a STANDARD state machine.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html",
    check: eachState(({ state }, resource) => {
      const waits = /\.(sync(:\d)?|waitForTaskToken)$|:activity:/.test(String(state.Resource));
      const mode = (state.ItemProcessor as { ProcessorConfig?: { Mode?: string } } | undefined)?.ProcessorConfig?.Mode;
      return (
        isExpress(resource) &&
        (waits || mode === "DISTRIBUTED") &&
        `uses ${waits ? String(state.Resource) : "a distributed map"} in an EXPRESS state machine`
      );
    }),
  },
  {
    id: "state-machine-express-timeout",
    awsError: "silent: AWS ends every execution of an EXPRESS state machine after five minutes, whatever its TimeoutSeconds",
    cause: "An EXPRESS execution lasts at most five minutes.",
    fix: "Set TimeoutSeconds to 300 or less, or use a STANDARD state machine.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html",
    check: each(Type.stateMachine, (resource, graph) => {
      const seconds = Number(graph.document(resource, "definition")?.TimeoutSeconds ?? 0);
      return isExpress(resource) && seconds > 300 && `TimeoutSeconds is ${seconds}. AWS ends EXPRESS executions after 300 s`;
    }),
  },
  {
    id: "state-machine-catch-all",
    awsError:
      "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: States.ALL must appear alone and at end of list at /States/…/Retry[0]/ErrorEquals[0]'",
    cause: "States.ALL matches every error, so AWS refuses other names beside it and entries after it.",
    fix: "Put States.ALL alone into the last entry of Retry or Catch.",
    link: "https://github.com/aws/aws-cdk/issues/10530",
    check: eachState(({ state }) =>
      (["Retry", "Catch"] as const).flatMap((field) =>
        list<{ ErrorEquals?: string[] }>(state[field]).flatMap(
          ({ ErrorEquals = [] }, index, all) =>
            ErrorEquals.includes("States.ALL") &&
            (ErrorEquals.length > 1 || index < all.length - 1) &&
            `has States.ALL in ${field}[${index}]. It must be alone and in the last entry`,
        ),
      ),
    ),
  },
  {
    id: "state-machine-error-name",
    awsError: "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ErrorEquals …'",
    cause: "Each retrier and catcher must name an error. Names that begin with States. are reserved for Step Functions' own errors.",
    fix: "Name the errors that the state can raise, and spell Step Functions' own as its reference does.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
    check: eachState(({ state }) =>
      (["Retry", "Catch"] as const).flatMap((field) =>
        list<{ ErrorEquals?: string[] }>(state[field]).flatMap(({ ErrorEquals = [] }, index) => [
          ErrorEquals.length === 0 && `names no error in ${field}[${index}]`,
          ...ErrorEquals.filter((name) => name.startsWith("States.") && !ownErrors.includes(name)).map(
            (name) => `has the unknown error ${name} in ${field}[${index}]`,
          ),
        ]),
      ),
    ),
  },
  {
    id: "state-machine-log-destination",
    awsError: "InvalidArn: Invalid Log Group ARN, or InvalidLoggingConfiguration: Log Group ARN must be provided with '*' qualifier.",
    cause: "The log destination must be a log group's ARN that ends with :*.",
    fix: "Set logDestination to `${logGroup.arn}:*`.",
    link: "https://github.com/hashicorp/terraform-provider-aws/pull/17683",
    check: each(Type.stateMachine, (resource) => {
      const destination = textInput(resource, "loggingConfiguration.logDestination");
      const level = valueAt(resource, "loggingConfiguration.level");
      const wrong =
        destination === undefined ? level !== undefined && level !== "OFF" && !isUnknown(resource) : !destination.endsWith(":*");
      return wrong && `logDestination is ${destination ?? "missing"}. AWS allows a log group's ARN that ends with :*`;
    }),
  },
  {
    id: "state-machine-log-group-prefix",
    severity: "warning",
    awsError:
      "InvalidLoggingConfiguration: Invalid Logging Configuration: The CloudWatch Logs Resource Policy size was exceeded. We suggest prefixing your CloudWatch log group name with /aws/vendedlogs/states/.",
    cause: "AWS adds each log group outside that prefix to one resource policy of the account, whose size is limited.",
    fix: "Begin the log group's name with /aws/vendedlogs/states/.",
    link: "https://github.com/aws/aws-cdk/issues/28900",
    check: each(Type.stateMachine, (resource) => {
      const group = /:log-group:([^:]+):\*$/.exec(textInput(resource, "loggingConfiguration.logDestination") ?? "")?.[1];
      return (
        group !== undefined &&
        !group.startsWith("/aws/vendedlogs/") &&
        `its log group is ${group}, which does not begin with /aws/vendedlogs/`
      );
    }),
  },
];

const isUnknown = (resource: GraphResource) => valueAt(resource, "loggingConfiguration.logDestination") === "[unknown]";

/** Validates a definition. Cached, because the validator compiles its schemas at each call. */
const definitionProblems = memoized((text: string): string[] => {
  try {
    const { isValid, errorsText } = aslValidator(JSON.parse(text) as object);
    return isValid ? [] : [...new Set(errorsText("\n").split("\n"))];
  } catch (error) {
    return [`the definition is not JSON: ${(error as Error).message}`];
  }
});

/** Lists the variables that a state and its catchers assign. */
function assignedBy(state: Record<string, unknown>): string[] {
  const catchers = list<Record<string, unknown>>(state.Catch).map(({ Assign }) => Assign);
  return [state.Assign, ...catchers].flatMap((assign) => Object.keys(fields(assign)));
}

const isPathAsText = ({ path, text }: { path: string; text: string }) => /^\$\$?[.[]/.test(text) && !path.endsWith(".$");

/** Lists the expressions of a state, without those of nested states. */
function expressionsOf(value: unknown): string[] {
  if (typeof value === "string") return value.includes("{%") || value.includes("%}") ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => (["States", "Iterator"].includes(key) ? [] : expressionsOf(member)));
}

function textProblems(text: string, assigned: ReadonlySet<string>): string[] {
  if (!text.startsWith("{%") || !text.endsWith("%}")) return [`"${text}" does not begin with {% and end with %}`];
  return labeled(`"${text}":`, expressionProblems(text.slice(2, -2), assigned));
}
