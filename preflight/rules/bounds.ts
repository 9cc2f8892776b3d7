import { Type } from "../graph/types";
import { each } from "../check";
import { isKnown, valueAt } from "../graph/graph";
import type { RuleEntry } from "../rule";

/** A number for which AWS allows a range or a list of values. */
interface Bound {
  id: string;
  type: string;
  /** Path in the inputs. */
  input: string;
  range?: [min: number, max: number];
  /** Allowed values, instead of a range or besides it. */
  values?: readonly number[];
  unit: string;
  awsError: string;
  link: string;
}

/** Builds AWS's generic error for a number, which names the member of the request. */
const constraint = (member: string) =>
  `ValidationException: 1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have value …`;

const lambda = (member: string) => ({
  awsError: constraint(member),
  link: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
});
const sqs = (attribute: string) => ({
  awsError: `InvalidAttributeValue: Invalid value for the parameter ${attribute}.`,
  link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
});
const { queue } = Type;

/** Bounds that are narrower than the API's model, or that the model lacks because it calls the number a string. */
export const propertyBounds: Bound[] = [
  { id: "lambda-memory", type: Type.function, input: "memorySize", range: [128, 10_240], unit: "MB", ...lambda("memorySize") },
  { id: "lambda-timeout", type: Type.function, input: "timeout", range: [1, 900], unit: "s", ...lambda("timeout") },
  {
    id: "sqs-visibility-timeout",
    type: queue,
    input: "visibilityTimeoutSeconds",
    range: [0, 43_200],
    unit: "s",
    ...sqs("VisibilityTimeout"),
  },
  {
    id: "sqs-retention",
    type: queue,
    input: "messageRetentionSeconds",
    range: [60, 1_209_600],
    unit: "s",
    ...sqs("MessageRetentionPeriod"),
  },
  { id: "sqs-delay", type: queue, input: "delaySeconds", range: [0, 900], unit: "s", ...sqs("DelaySeconds") },
  { id: "sqs-message-size", type: queue, input: "maxMessageSize", range: [1024, 1_048_576], unit: "bytes", ...sqs("MaximumMessageSize") },
  {
    id: "sqs-data-key-reuse",
    type: queue,
    input: "kmsDataKeyReusePeriodSeconds",
    range: [60, 86_400],
    unit: "s",
    ...sqs("KmsDataKeyReusePeriodSeconds"),
  },
  {
    id: "kms-deletion-window",
    type: Type.key,
    input: "deletionWindowInDays",
    range: [7, 30],
    unit: "days",
    awsError: constraint("pendingWindowInDays"),
    link: "https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html",
  },
  {
    id: "secret-recovery-window",
    type: Type.secret,
    input: "recoveryWindowInDays",
    range: [7, 30],
    values: [0],
    unit: "days",
    awsError: "silent at AWS: the provider refuses any number except 0 and 7 to 30",
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
    range: [1, 35],
    unit: "days",
    awsError: constraint("pointInTimeRecoverySpecification.recoveryPeriodInDays"),
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html",
  },
  {
    id: "pipe-record-age",
    type: Type.pipe,
    input: "sourceParameters.dynamodbStreamParameters.maximumRecordAgeInSeconds",
    range: [60, 604_800],
    values: [-1],
    unit: "s",
    awsError: "ValidationException: MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)",
    link: "https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeSourceDynamoDBStreamParameters.html",
  },
];

/** One rule for each bound. Values that are known only after deployment pass. */
export const boundRules: RuleEntry[] = propertyBounds.map(({ id, type, input, awsError, link, ...bound }) => ({
  id,
  awsError,
  cause: `AWS does not allow this value of ${input}.`,
  fix: `Set ${input} to a value that AWS allows: ${allowed(bound)}.`,
  link,
  check: each(type, (resource) => {
    const value = valueAt(resource, input);
    return isKnown(value) && !fits(value, bound) && `${input} is ${JSON.stringify(value)}. AWS allows ${allowed(bound)}`;
  }),
}));

type Range = Pick<Bound, "range" | "values" | "unit">;

/** Returns whether a value is within a bound. The provider also accepts numbers as text. */
function fits(given: unknown, { range: [min, max] = [NaN, NaN], values = [] }: Range): boolean {
  const value = /^-?\d+(\.\d+)?$/.test(String(given)) ? Number(given) : NaN;
  return values.includes(value) || (value >= min && value <= max && Number.isInteger(value));
}

function allowed({ range, values, unit }: Range): string {
  const choices = [...(values ?? []).map(String), ...(range ? [range.map((number) => number.toLocaleString("en-US")).join(" to ")] : [])];
  return `${[choices.slice(0, -1).join(", "), choices.at(-1)].filter(Boolean).join(" or ")} ${unit}`;
}
