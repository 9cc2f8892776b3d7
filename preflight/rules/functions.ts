import { concurrencyWarning, keptUnreserved, quotaRequest, usualConcurrency } from "../../config/account";
import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each, labeled } from "../check";
import { fields, mayBe, textInput, valueAt } from "../graph";
import { declarationOf, namedBy, variablesOf } from "../required/declared";
import type { RuleEntry } from "../rule";

/** Variables that Lambda sets itself. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const reservedVariables = (
  "_HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_MEMORY_SIZE " +
  "AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_ACCESS_KEY " +
  "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR"
).split(" ");

/** Runtimes with which no function can be created any more, or soon; older ones than these are all blocked.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtime-support-policy */
const blocked =
  /^(nodejs|nodejs(4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x|16\.x|18\.x)|python(2\.7|3\.6|3\.7|3\.8)|ruby2\.[57]|java8|go1\.x|dotnetcore.*|dotnet[567]|provided)$/;

/** Checks the name of each variable of a function. */
const eachVariable = (problem: (name: string) => string | false) =>
  each(Type.function, (resource) => Object.keys(variablesOf(resource)).map((name) => labeled(`the variable ${name}`, problem(name))));

export const functionRules: RuleEntry[] = [
  {
    id: "lambda-runtime",
    awsError:
      "InvalidParameterValueException: The runtime parameter of nodejs10.x is no longer supported for creating or updating AWS Lambda functions.",
    cause: "The runtime has reached its end: AWS creates no function with it, or soon none.",
    fix: "Use a runtime that is supported.",
    link: "https://github.com/pulumi/pulumi-awsx/issues/714",
    check: each(Type.function, (resource) => {
      const runtime = textInput(resource, "runtime");
      return runtime !== undefined && blocked.test(runtime) && `runtime is ${runtime}`;
    }),
  },
  {
    id: "lambda-handler",
    awsError: "silent: every run ends with Runtime.ImportModuleError or Runtime.HandlerNotFound",
    cause: "The handler names no file of the archive.",
    fix: "Name the handler <file without extension>.<export>.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html",
    check: each(Type.function, (resource) => {
      const handler = textInput(resource, "handler");
      const files = Object.keys(fields(valueAt(resource, "code.archive")));
      if (handler === undefined || files.length === 0 || !/^nodejs/.test(textInput(resource, "runtime") ?? "")) return [];
      const [, file, name] = /^(.+)\.([^.]+)$/.exec(handler) ?? [];
      const found = files.some((one) => [".js", ".mjs", ".cjs"].some((ending) => one === `${file}${ending}`));
      return !(found && name) && `handler is ${handler}, but the archive has ${files.join(", ")}`;
    }),
  },
  {
    id: "lambda-code",
    awsError: "InvalidParameterValueException: You must provide one of: filename, image_uri or s3_bucket",
    cause: "A function without code, role, runtime or handler cannot be made.",
    fix: "Give the function code, a role, and for an archive runtime and handler.",
    link: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    check: each(Type.function, (resource) => {
      const { inputs } = resource;
      const needed = ["role", ...(inputs.packageType === "Image" ? ["imageUri"] : ["runtime", "handler"])];
      const code = ["code", "s3Bucket", "imageUri"].some((input) => inputs[input] !== undefined);
      return labeled("it has no", [needed.filter((input) => inputs[input] === undefined), !code && "code"]);
    }),
  },
  {
    id: "lambda-variable",
    awsError: "silent: every run ends with an error, because the code does not find what it reads from its environment",
    cause: "A function's environment lacks a variable that its code declares, or names a resource that is not in the graph.",
    fix: "Set the variable, from the resource's own output, or correct handlers/<handler>.permissions.json.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    check: each(Type.function, (resource, graph) => {
      if (isUnknownEnvironment(resource)) return [];
      const declared = declarationOf(resource);
      const isOwn = resource.parent.includes("webhook:index:LambdaFunction");
      if (!declared) return isOwn && "its POWERTOOLS_SERVICE_NAME is no handler of this program";
      const variables = variablesOf(resource);
      const missing = declared.variables.filter((name) => variables[name] === undefined).map((name) => `it has no ${name}`);
      const lost = declared.calls
        .filter(({ resource: name }) => namedBy(graph, variables[name]).includes(undefined))
        .map(({ resource: name }) => `${name} names what is not in the graph`);
      return [...new Set([...missing, ...lost])];
    }),
  },
  {
    id: "lambda-environment-reserved",
    awsError:
      "InvalidParameterValueException: Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification.",
    cause: "Lambda sets this variable itself.",
    fix: "Leave the variable out, or call it otherwise.",
    link: "https://github.com/zuka-e/laravel-react-task-spa/pull/146",
    check: eachVariable((name) => reservedVariables.includes(name) && "is Lambda's own"),
  },
  {
    id: "lambda-environment-name",
    awsError:
      "ValidationException: 1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
    cause: "A variable's name begins with a letter and has two or more letters, digits and underscores.",
    fix: "Rename the variable.",
    link: "https://github.com/trek10inc/serverless-secrets/issues/39",
    check: eachVariable((name) => !/^[a-zA-Z]\w+$/.test(name) && !reservedVariables.includes(name) && "is no name of a variable"),
  },
  {
    id: "lambda-environment-size",
    awsError:
      "InvalidParameterValueException: Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.",
    cause: "Names and values of a function's variables are limited to 4 KB together.",
    fix: "Put what is long into a parameter, a secret or the archive.",
    link: "https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594",
    check: each(Type.function, (resource) => {
      const variables = valueAt(resource, "environment.variables");
      const size = variables === undefined ? 0 : JSON.stringify(variables).length;
      return size > 4_096 && `its environment has ${size} characters`;
    }),
  },
  {
    id: "lambda-reserved-concurrency",
    awsError:
      "InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of […].",
    cause: `An account has ${usualConcurrency} concurrent executions, a new one often 10, and keeps ${keptUnreserved} of them unreserved.`,
    fix: `Reserve less, or ask for more (${quotaRequest}).`,
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
    check: (graph) => {
      const limit = graph.account.concurrency ?? usualConcurrency;
      const reserving = graph.all(Type.function).filter((one) => Number(one.inputs.reservedConcurrentExecutions ?? -1) > 0);
      const sum = reserving.reduce((total, one) => total + Number(one.inputs.reservedConcurrentExecutions), 0);
      const detail = `the functions reserve ${sum} of ${limit} together`;
      return sum > Math.max(0, limit - keptUnreserved) ? reserving.map((resource) => ({ resource, detail })) : [];
    },
  },
  {
    id: "lambda-account-concurrency",
    severity: "warning",
    awsError: "TooManyRequestsException: Rate Exceeded.",
    cause: `An account with fewer than ${keptUnreserved} concurrent executions throttles its functions at the first burst, and none can be reserved.`,
    fix: `Before the first deployment, ask for more (${quotaRequest}).`,
    link: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
    check: (graph) => {
      const detail = concurrencyWarning(graph.account.concurrency ?? usualConcurrency);
      const [resource] = graph.all(Type.function);
      return detail !== undefined && resource ? [{ resource, detail }] : [];
    },
  },
  {
    id: "lambda-log-format",
    awsError:
      'InvalidParameterValueException: LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
    cause: "Lambda filters by level only what it can read: JSON.",
    fix: "Set logFormat to JSON, or leave the levels out.",
    link: "https://github.com/aws/aws-cdk/pull/28045",
    check: each(Type.function, (resource) => {
      const config = valueAt(resource, "loggingConfig") as Record<string, unknown> | undefined;
      const levels = config && (config.applicationLogLevel ?? config.systemLogLevel);
      return levels !== undefined && !mayBe(resource, "loggingConfig.logFormat", "JSON") && "it has log levels without the format JSON";
    }),
  },
];

/** Tells whether the variables are known only after deployment, all of them or the one that says whose code it is. */
const isUnknownEnvironment = (resource: GraphResource) =>
  valueAt(resource, "environment.variables.POWERTOOLS_SERVICE_NAME") === "[unknown]";
