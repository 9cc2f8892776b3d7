import { Type } from "../../graph/types";
import { isKnown, valueAt } from "../graph";
import type { Rule } from "../rule";

/** A number that AWS takes from a range, or from a list. */
interface Bound {
  id: string;
  type: string;
  /** Path into the inputs. */
  input: string;
  min?: number;
  max?: number;
  /** In place of a range, or beside it. */
  values?: readonly number[];
  unit?: string;
  awsError: string;
  link: string;
}

const lambda = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html";
const sqs = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html";

/** AWS's generic refusal of a number, which names the member of the request. */
const constraint = (member: string, code = "ValidationException") =>
  `${code}: 1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have value …`;
const queueAttribute = (name: string) => `InvalidAttributeValue: Invalid value for the parameter ${name}.`;

/** Narrower than the API's own model, or of values that the model calls a string. */
export const bounds: Bound[] = [
  {
    id: "lambda-memory",
    type: Type.function,
    input: "memorySize",
    min: 128,
    max: 10_240,
    unit: "MB",
    awsError: constraint("memorySize"),
    link: lambda,
  },
  {
    id: "lambda-timeout",
    type: Type.function,
    input: "timeout",
    min: 1,
    max: 900,
    unit: "s",
    awsError: constraint("timeout"),
    link: lambda,
  },
  {
    id: "sqs-visibility-timeout",
    type: Type.queue,
    input: "visibilityTimeoutSeconds",
    min: 0,
    max: 43_200,
    unit: "s",
    awsError: queueAttribute("VisibilityTimeout"),
    link: sqs,
  },
  {
    id: "sqs-retention",
    type: Type.queue,
    input: "messageRetentionSeconds",
    min: 60,
    max: 1_209_600,
    unit: "s",
    awsError: queueAttribute("MessageRetentionPeriod"),
    link: sqs,
  },
  {
    id: "sqs-delay",
    type: Type.queue,
    input: "delaySeconds",
    min: 0,
    max: 900,
    unit: "s",
    awsError: queueAttribute("DelaySeconds"),
    link: sqs,
  },
  {
    id: "sqs-message-size",
    type: Type.queue,
    input: "maxMessageSize",
    min: 1024,
    max: 1_048_576,
    unit: "bytes",
    awsError: queueAttribute("MaximumMessageSize"),
    link: sqs,
  },
  {
    id: "sqs-data-key-reuse",
    type: Type.queue,
    input: "kmsDataKeyReusePeriodSeconds",
    min: 60,
    max: 86_400,
    unit: "s",
    awsError: queueAttribute("KmsDataKeyReusePeriodSeconds"),
    link: sqs,
  },
  {
    id: "kms-deletion-window",
    type: Type.key,
    input: "deletionWindowInDays",
    min: 7,
    max: 30,
    unit: "days",
    awsError: constraint("pendingWindowInDays"),
    link: "https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html",
  },
  {
    id: "secret-recovery-window",
    type: Type.secret,
    input: "recoveryWindowInDays",
    min: 7,
    max: 30,
    values: [0],
    unit: "days",
    awsError: "silent at AWS: the provider refuses a number that is neither 0 nor between 7 and 30",
    link: "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html",
  },
  {
    id: "log-retention",
    type: Type.logGroup,
    input: "retentionInDays",
    values: [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
    unit: "days",
    awsError: "InvalidParameterException: 1 validation error detected: Value at 'retentionInDays' failed to satisfy constraint",
    link: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
  },
  {
    id: "table-recovery-period",
    type: Type.table,
    input: "pointInTimeRecovery.recoveryPeriodInDays",
    min: 1,
    max: 35,
    unit: "days",
    awsError: constraint("pointInTimeRecoverySpecification.recoveryPeriodInDays"),
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html",
  },
  {
    id: "pipe-record-age",
    type: Type.pipe,
    input: "sourceParameters.dynamodbStreamParameters.maximumRecordAgeInSeconds",
    min: 60,
    max: 604_800,
    values: [-1],
    unit: "s",
    awsError: "ValidationException: MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)",
    link: "https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeSourceDynamoDBStreamParameters.html",
  },
];

/** One rule for each bound. A value that is known only after deployment is not judged. */
export const boundRules: Rule[] = bounds.map(({ id, type, input, awsError, link, ...bound }) => ({
  id,
  severity: "error",
  awsError,
  cause: `${input} is outside what AWS takes.`,
  fix: `Set ${input} to ${allowed(bound)}.`,
  link,
  check: (graph) =>
    graph.all(type).flatMap((resource) => {
      const value = valueAt(resource, input);
      const wrong = isKnown(value) && !within(value, bound);
      return wrong ? [{ resource, detail: `${input} is ${JSON.stringify(value)}, but must be ${allowed(bound)}` }] : [];
    }),
}));

type Range = Pick<Bound, "min" | "max" | "values" | "unit">;

/** The provider takes a number as text, too. */
function within(given: unknown, { min, max, values = [] }: Range): boolean {
  const value = /^-?\d+(\.\d+)?$/.test(String(given)) ? Number(given) : NaN;
  if (values.includes(value)) return true;
  return min !== undefined && max !== undefined && value >= min && value <= max && Number.isInteger(value);
}

function allowed({ min, max, values = [], unit }: Range): string {
  const range = min === undefined ? [] : [`from ${min} to ${max}`];
  return [...range, ...(values.length > 0 ? [`one of ${values.join(", ")}`] : [])].join(", or ") + (unit ? ` ${unit}` : "");
}
