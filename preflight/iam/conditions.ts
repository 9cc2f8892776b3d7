import { matches, type Condition } from "./document";

/** Result of a check; "maybe" if the graph does not tell. */
export type Verdict = "yes" | "no" | "maybe";

/** Known values of a request, by condition key in lower case. `undefined` for a key that AWS does not send. */
export type RequestContext = Readonly<Record<string, string | undefined>>;

type Test = (expected: string, actual: string) => boolean;

const equals: Test = (expected, actual) => expected === actual;
const like: Test = (expected, actual) => matches(expected, actual);
const sameArn: Test = (expected, actual) => arnParts(expected).every((part, index) => matches(part, arnParts(actual)[index] ?? ""));
const number =
  (compare: (actual: number, expected: number) => boolean): Test =>
  (expected, actual) =>
    compare(Number(actual), Number(expected));

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const operators: Record<string, { test: Test; negated?: boolean }> = {
  StringEquals: { test: equals },
  StringNotEquals: { test: equals, negated: true },
  StringEqualsIgnoreCase: { test: (expected, actual) => expected.toLowerCase() === actual.toLowerCase() },
  StringNotEqualsIgnoreCase: { test: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(), negated: true },
  StringLike: { test: like },
  StringNotLike: { test: like, negated: true },
  ArnEquals: { test: sameArn },
  ArnLike: { test: sameArn },
  ArnNotEquals: { test: sameArn, negated: true },
  ArnNotLike: { test: sameArn, negated: true },
  Bool: { test: (expected, actual) => expected.toLowerCase() === actual.toLowerCase() },
  NumericEquals: { test: number((actual, expected) => actual === expected) },
  NumericNotEquals: { test: number((actual, expected) => actual === expected), negated: true },
  NumericLessThan: { test: number((actual, expected) => actual < expected) },
  NumericLessThanEquals: { test: number((actual, expected) => actual <= expected) },
  NumericGreaterThan: { test: number((actual, expected) => actual > expected) },
  NumericGreaterThanEquals: { test: number((actual, expected) => actual >= expected) },
};

/** Known operators whose result depends on the time or origin of a request. */
const undecided =
  "BinaryEquals IpAddress NotIpAddress DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals".split(
    " ",
  );

/** Removes the prefix and suffix of an operator: `ForAnyValue:`, `ForAllValues:`, `IfExists`. */
function plain(operator: string): string {
  return operator.replace(/^(ForAnyValue|ForAllValues):/, "").replace(/IfExists$/, "");
}

/** Returns whether IAM knows an operator. IAM refuses documents with unknown ones. */
export function isOperator(operator: string): boolean {
  const name = plain(operator);
  return name === "Null" || undecided.includes(name) || Object.hasOwn(operators, name);
}

/** Returns whether an operator compares literally, without wildcards. */
export function isLiteral(operator: string): boolean {
  return ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"].includes(plain(operator));
}

/** Checks a condition against a request; "maybe" for a key that the context lacks. `ForAnyValue` requires a value, even for a negated operator.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
export function meets({ operator, key, values }: Condition, context: RequestContext): Verdict {
  const name = plain(operator);
  const lowerKey = key.toLowerCase();
  const known = Object.hasOwn(context, lowerKey);
  const actual = context[lowerKey];
  if (!known || values.some((value) => value.includes("${"))) return "maybe";
  if (name === "Null") return asVerdict(values.includes(String(actual === undefined)));
  const found = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!found) return "maybe";
  if (actual === undefined && operator.startsWith("ForAnyValue:")) return "no";
  if (actual === undefined)
    return asVerdict(found.negated === true || operator.endsWith("IfExists") || operator.startsWith("ForAllValues:"));
  return asVerdict(values.some((value) => found.test(value, actual)) !== (found.negated === true));
}

const asVerdict = (holds: boolean): Verdict => (holds ? "yes" : "no");

/** Splits an ARN into the six parts that IAM compares one by one. */
function arnParts(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** Combines verdicts by "and": one "no" decides. */
export function every(answers: Verdict[]): Verdict {
  return answers.includes("no") ? "no" : answers.includes("maybe") ? "maybe" : "yes";
}

/** Combines verdicts by "or": one "yes" decides. */
export function some(answers: Verdict[]): Verdict {
  return answers.includes("yes") ? "yes" : answers.includes("maybe") ? "maybe" : "no";
}
