import type { GraphResource } from "../graph/resource";
import api from "../facts/api.json";
import { creations } from "../facts/operations";
import { each, type Problems } from "../check";
import { isKnown } from "../graph/graph";
import { memoized } from "../memo";
import type { RuleEntry } from "../rule";
import { propertyBounds } from "./bounds";
import { forms } from "./names";

/** Constraint of AWS's API model on a member of a request. */
interface Constraint {
  member: string;
  type: string;
  min?: number;
  max?: number;
  pattern?: string;
  enum?: (string | number)[];
}

const operations = api.operations as Record<string, Record<string, Constraint>>;

/** Inputs that another rule checks, with narrower bounds than the model's. */
const judgedElsewhere = new Set([
  ...propertyBounds.map(({ type, input }) => `${type} ${input.toLowerCase()}`),
  ...forms.map(({ type, input = "name" }) => `${type} ${input.toLowerCase()}`),
]);

/** Services whose resources a graph can contain; each has one rule. */
const services: { service: string; link: string }[] = [
  { service: "acm", link: "https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html" },
  { service: "apigateway", link: "https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html" },
  { service: "cloudwatch", link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html" },
  { service: "dynamodb", link: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html" },
  { service: "events", link: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html" },
  { service: "iam", link: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html" },
  { service: "kms", link: "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html" },
  { service: "lambda", link: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html" },
  { service: "logs", link: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html" },
  { service: "pipes", link: "https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html" },
  { service: "route53", link: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html" },
  { service: "secretsmanager", link: "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html" },
  { service: "stepfunctions", link: "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html" },
  { service: "wafv2", link: "https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html" },
];

export const valueRules: RuleEntry[] = services.map(({ service, link }) => ({
  id: `${service}-value`,
  awsError: "ValidationException: 1 validation error detected: Value at '…' failed to satisfy constraint: Member must satisfy …",
  cause: "The service's API does not allow the value. Pulumi's types only tell strings, numbers and lists apart.",
  fix: "Set a value that the API reference allows.",
  link,
  check: each(
    Object.keys(creations).filter((type) => creations[type].operation.startsWith(`${service}:`)),
    valueProblems,
  ),
}));

function valueProblems(resource: GraphResource): Problems {
  const { operation, renamed } = creations[resource.type];
  const constraints = operations[operation];
  return [...valuesOf(resource.inputs, "", "")].map(({ path, place, value }) => {
    const constraint = constraints[renamed[place] ?? place];
    if (!constraint || judgedElsewhere.has(`${resource.type} ${place}`)) return false;
    const allowed = violatedBy(value, constraint);
    return allowed !== undefined && `${path} is ${shown(value)}. AWS allows ${allowed}`;
  });
}

interface Value {
  /** Path in messages: `metricQueries[0].id`. */
  path: string;
  /** Path in the table of constraints: `metricqueries[].id`. */
  place: string;
  value: unknown;
}

function* valuesOf(value: unknown, path: string, place: string): Generator<Value> {
  if (!isKnown(value)) return;
  if (path !== "") yield { path, place, value };
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) yield* valuesOf(member, `${path}[${index}]`, `${place}[]`);
  } else if (typeof value === "object") {
    for (const [key, member] of Object.entries(value as object))
      yield* valuesOf(member, path === "" ? key : `${path}.${key}`, place === "" ? key.toLowerCase() : `${place}.${key.toLowerCase()}`);
  }
}

/** Returns what the constraint allows, if the value violates it; `undefined` if it does not, or has a type without constraints. */
function violatedBy(value: unknown, { type, min, max, pattern, enum: allowed }: Constraint): string | undefined {
  if (Array.isArray(value)) return type === "list" && !within(value.length, min, max) ? `${range(min, max)} members` : undefined;
  if (typeof value === "number")
    return ["integer", "long", "double", "float"].includes(type) && !within(value, min, max) ? range(min, max) : undefined;
  if (typeof value !== "string" || type !== "string" || value.startsWith("[")) return undefined;
  if (allowed && !allowed.includes(value)) return allowed.join(", ");
  if (!within(value.length, min, max)) return `${range(min, max)} characters`;
  return pattern !== undefined && !compiled(pattern).test(value) ? `text that matches ${pattern}` : undefined;
}

const within = (value: number, min = -Infinity, max = Infinity) => value >= min && value <= max;

function range(min: number | undefined, max: number | undefined): string {
  if (max === undefined) return `at least ${min}`;
  return min === undefined ? `at most ${max}` : `${min} to ${max}`;
}

const compiled = memoized((pattern: string) => new RegExp(`^(?:${pattern})$`, "s"));

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 97)}…` : text;
}
