import { fields } from "./graph";
/** The words of a DynamoDB call's expressions, which name attributes by `#name` and values by `:value`. */
const expressions = ["ConditionExpression", "UpdateExpression", "KeyConditionExpression", "FilterExpression", "ProjectionExpression"];

/** Which placeholders are used and not given, or given and not used: DynamoDB refuses both.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html */
export function placeholderProblems(call: Record<string, unknown>): string[] {
  const text = expressions.map((name) => (typeof call[name] === "string" ? call[name] : "")).join(" ");
  return [
    ...compare("ExpressionAttributeNames", text.match(/#\w+/g) ?? [], call.ExpressionAttributeNames),
    ...compare("ExpressionAttributeValues", text.match(/:\w+/g) ?? [], call.ExpressionAttributeValues),
    ...Object.entries(fields(call.ExpressionAttributeValues))
      .filter(([, value]) => !isTyped(value))
      .map(([name]) => `gives ${name} without a type`),
  ];
}

/** The types of a value. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
const types = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

/** Whether a value says of what type it is, `{"S": "…"}`; one that an expression computes may. */
function isTyped(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "string" && value.startsWith("{%");
  const keys = Object.keys(value).map((key) => key.replace(/\.\$$/, ""));
  return keys.length === 1 && types.includes(keys[0]);
}

function compare(field: string, used: string[], given: unknown): string[] {
  const names = Object.keys(fields(given));
  const missing = [...new Set(used)].filter((name) => !names.includes(name));
  const needless = names.filter((name) => !used.includes(name));
  return [
    ...missing.map((name) => `uses ${name}, which is not in ${field}`),
    ...needless.map((name) => `has ${name} in ${field} and does not use it`),
  ];
}
