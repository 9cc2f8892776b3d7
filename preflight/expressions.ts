import { fields } from "./graph/graph";

/** Parameters of a DynamoDB call that hold expressions, in which `#name` stands for an attribute and `:value` for a value. */
const expressions = ["ConditionExpression", "UpdateExpression", "KeyConditionExpression", "FilterExpression", "ProjectionExpression"];

/** Reserved words that are most often used as attribute names. DynamoDB's whole list has 573.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html */
const reserved = (
  "action attribute attributes comment condition connection count data date day domain duration end error errors exists file format " +
  "function group hash hour index items key keys language level limit list location map method minute month name names order owner " +
  "password path percent position range read region resource result role roles row schema second session size source start state " +
  "status sum table text time timestamp token total transaction ttl type update url user users uuid value values view work year zone"
).split(" ");

/** Lists the reserved words that expressions use without a placeholder. Ignores functions. */
function reservedWords(call: Record<string, unknown>): string[] {
  return expressions.flatMap((field) => {
    const text = typeof call[field] === "string" ? call[field] : "";
    const names = text.match(/(?<![#:\w.])[A-Za-z_]\w*(?!\s*\()/g) ?? [];
    return names.filter((name) => reserved.includes(name.toLowerCase())).map((name) => `uses the reserved word ${name} in ${field}`);
  });
}

/** Lists the problems of a call's expressions: reserved words, undefined placeholders, unused placeholders and untyped values.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html */
export function placeholderProblems(call: Record<string, unknown>): string[] {
  const text = expressions.map((name) => (typeof call[name] === "string" ? call[name] : "")).join(" ");
  return [
    ...reservedWords(call),
    ...compare("ExpressionAttributeNames", text.match(/#\w+/g) ?? [], call.ExpressionAttributeNames),
    ...compare("ExpressionAttributeValues", text.match(/:\w+/g) ?? [], call.ExpressionAttributeValues),
    ...Object.entries(fields(call.ExpressionAttributeValues))
      .filter(([, value]) => !isTyped(value))
      .map(([name]) => `sets ${name} without a type, or to a number that is not text`),
  ];
}

/** Type codes of attribute values. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
export const attributeTypes = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

/** Returns whether a value has a type, as `{"S": "…"}` has; true for an expression, whose result is unknown. */
function isTyped(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "string" && value.startsWith("{%");
  const [[key, content] = ["", undefined], ...more] = Object.entries(value);
  const type = key.replace(/\.\$$/, "");
  return more.length === 0 && attributeTypes.includes(type) && (!["S", "N", "B"].includes(type) || typeof content === "string");
}

function compare(field: string, used: string[], given: unknown): string[] {
  const names = Object.keys(fields(given));
  const missing = [...new Set(used)].filter((name) => !names.includes(name));
  const needless = names.filter((name) => !used.includes(name));
  return [
    ...missing.map((name) => `uses ${name}, which ${field} does not define`),
    ...needless.map((name) => `defines ${name} in ${field} without using it`),
  ];
}
