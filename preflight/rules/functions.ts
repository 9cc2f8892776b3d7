import { concurrencyWarning, keptUnreserved, quotaRequest, usualConcurrency } from "../../config/account";
import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each, labeled } from "../check";
import { fields, mayBe, textInput, valueAt } from "../graph/graph";
import { declarationOf, namedBy, variablesOf } from "../required/declared";
import type { RuleEntry } from "../rule";

/** Variables that Lambda sets itself. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const reservedVariables = (
  "_HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_MEMORY_SIZE " +
  "AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_ACCESS_KEY " +
  "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR"
).split(" ");

/** Runtimes with which AWS creates no function, now or soon.
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
    cause: "The runtime has reached its end of support, so AWS creates no functions with it, now or soon.",
    fix: "Use a supported runtime.",
    link: "https://github.com/pulumi/pulumi-awsx/issues/714",
    check: each(Type.function, (resource) => {
      const runtime = textInput(resource, "runtime");
      return runtime !== undefined && blocked.test(runtime) && `runtime is ${runtime}, which AWS no longer supports, or not much longer`;
    }),
  },
  {
    id: "lambda-handler",
    awsError: "silent: every run ends with Runtime.ImportModuleError or Runtime.HandlerNotFound",
    cause: "The handler does not name a file in the archive.",
    fix: "Set handler to <file without extension>.<export>.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html",
    check: each(Type.function, (resource) => {
      const handler = textInput(resource, "handler");
      const files = Object.keys(fields(valueAt(resource, "code.archive")));
      if (handler === undefined || files.length === 0 || !/^nodejs/.test(textInput(resource, "runtime") ?? "")) return [];
      const [, file, name] = /^(.+)\.([^.]+)$/.exec(handler) ?? [];
      const found = files.some((one) => [".js", ".mjs", ".cjs"].some((ending) => one === `${file}${ending}`));
      return !(found && name) && `handler is ${handler}, but the archive contains ${files.join(", ")}`;
    }),
  },
  {
    id: "lambda-code",
    awsError: "InvalidParameterValueException: You must provide one of: filename, image_uri or s3_bucket",
    cause: "AWS cannot create a function without code, role, runtime and handler.",
    fix: "Set code and role; for an archive, runtime and handler, too.",
    link: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    check: each(Type.function, (resource) => {
      const { inputs } = resource;
      const needed = ["role", ...(inputs.packageType === "Image" ? ["imageUri"] : ["runtime", "handler"])];
      const code = ["code", "s3Bucket", "imageUri"].some((input) => inputs[input] !== undefined);
      return [...needed.filter((input) => inputs[input] === undefined), ...(code ? [] : ["code"])].map((input) => `${input} is missing`);
    }),
  },
  {
    id: "lambda-variable",
    awsError: "silent: every run ends with an error, because the environment lacks what the code reads",
    cause: "The environment lacks a variable that the code declares, or a variable names a resource that is not in the graph.",
    fix: "Set the variable to the resource's output, or correct handlers/<handler>.permissions.json.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    check: each(Type.function, (resource, graph) => {
      if (isUnknownEnvironment(resource)) return [];
      const declared = declarationOf(resource);
      const isOwn = resource.parent.includes("webhook:index:LambdaFunction");
      if (!declared) return isOwn && "POWERTOOLS_SERVICE_NAME does not name a handler of this program";
      const variables = variablesOf(resource);
      const missing = declared.variables.filter((name) => variables[name] === undefined).map((name) => `the variable ${name} is missing`);
      const lost = declared.calls
        .filter(({ resource: name }) => name in variables && namedBy(graph, variables[name]).includes(undefined))
        .map(({ resource: name }) => `the variable ${name} names a resource that is not in the graph`);
      return [...new Set([...missing, ...lost])];
    }),
  },
  {
    id: "lambda-environment-reserved",
    awsError:
      "InvalidParameterValueException: Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification.",
    cause: "Lambda sets this variable itself.",
    fix: "Remove or rename the variable.",
    link: "https://github.com/zuka-e/laravel-react-task-spa/pull/146",
    check: eachVariable((name) => reservedVariables.includes(name) && "is reserved for Lambda"),
  },
  {
    id: "lambda-environment-name",
    awsError:
      "ValidationException: 1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
    cause: "A variable's name must begin with a letter, and have at least two letters, digits or underscores.",
    fix: "Rename the variable.",
    link: "https://github.com/trek10inc/serverless-secrets/issues/39",
    check: eachVariable((name) => !/^[a-zA-Z]\w+$/.test(name) && !reservedVariables.includes(name) && "has an invalid name"),
  },
  {
    id: "lambda-environment-size",
    awsError:
      "InvalidParameterValueException: Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.",
    cause: "AWS limits the names and values of a function's variables to 4 KB together.",
    fix: "Move long values into a parameter, a secret or the archive.",
    link: "https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594",
    check: each(Type.function, (resource) => {
      const variables = valueAt(resource, "environment.variables");
      const size = variables === undefined ? 0 : JSON.stringify(variables).length;
      return size > 4_096 && `environment.variables has ${size} characters. AWS allows 4,096`;
    }),
  },
  {
    id: "lambda-reserved-concurrency",
    awsError:
      "InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of […].",
    cause: `An account has ${usualConcurrency} concurrent executions, a new one often 10, of which ${keptUnreserved} cannot be reserved.`,
    fix: `Reserve less, or request a higher quota (${quotaRequest}).`,
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
    check: (graph) => {
      const limit = graph.account.concurrency ?? usualConcurrency;
      const reserving = graph.all(Type.function).filter((one) => Number(one.inputs.reservedConcurrentExecutions ?? -1) > 0);
      const sum = reserving.reduce((total, one) => total + Number(one.inputs.reservedConcurrentExecutions), 0);
      const detail = `the functions together reserve ${sum} of ${limit} concurrent executions. AWS keeps ${keptUnreserved} unreserved`;
      return sum > Math.max(0, limit - keptUnreserved) ? reserving.map((resource) => ({ resource, detail })) : [];
    },
  },
  {
    id: "lambda-account-concurrency",
    severity: "warning",
    awsError: "TooManyRequestsException: Rate Exceeded.",
    cause: `An account with fewer than ${keptUnreserved} concurrent executions throttles functions at the first burst, and cannot reserve any.`,
    fix: `Request a higher quota before the first deployment (${quotaRequest}).`,
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
    cause: "Lambda can filter log lines by level only if they are JSON.",
    fix: "Set logFormat to JSON, or omit the levels.",
    link: "https://github.com/aws/aws-cdk/pull/28045",
    check: each(Type.function, (resource) => {
      const config = valueAt(resource, "loggingConfig") as Record<string, unknown> | undefined;
      const levels = config && (config.applicationLogLevel ?? config.systemLogLevel);
      return (
        levels !== undefined &&
        !mayBe(resource, "loggingConfig.logFormat", "JSON") &&
        "loggingConfig sets log levels, but logFormat is not JSON"
      );
    }),
  },
];

/** Returns whether the variables are unknown until deployment, or at least the one that names the handler. */
const isUnknownEnvironment = (resource: GraphResource) =>
  valueAt(resource, "environment.variables.POWERTOOLS_SERVICE_NAME") === "[unknown]";
