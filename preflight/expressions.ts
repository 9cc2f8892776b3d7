import { fields } from "./graph";

/** The words of a DynamoDB call's expressions, which name attributes by `#name` and values by `:value`. */
const expressions = ["ConditionExpression", "UpdateExpression", "KeyConditionExpression", "FilterExpression", "ProjectionExpression"];

/** Words that people most often use for an attribute and that DynamoDB keeps for itself; its whole list has 573.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html */
const reserved = (
  "action attribute attributes comment condition connection count data date day domain duration end error errors exists file format " +
  "function group hash hour index items key keys language level limit list location map method minute month name names order owner " +
  "password path percent position range read region resource result role roles row schema second session size source start state " +
  "status sum table text time timestamp token total transaction ttl type update url user users uuid value values view work year zone"
).split(" ");

/** The reserved words that an expression uses as they are. Functions and keywords of the language are written in these places, too. */
function reservedWords(call: Record<string, unknown>): string[] {
  return expressions.flatMap((field) => {
    const text = typeof call[field] === "string" ? call[field] : "";
    const names = text.match(/(?<![#:\w.])[A-Za-z_]\w*(?!\s*\()/g) ?? [];
    return names.filter((name) => reserved.includes(name.toLowerCase())).map((name) => `uses the reserved word ${name} in ${field}`);
  });
}

/** Tells which placeholders are used and not given, or given and not used: DynamoDB refuses both.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html */
export function placeholderProblems(call: Record<string, unknown>): string[] {
  const text = expressions.map((name) => (typeof call[name] === "string" ? call[name] : "")).join(" ");
  return [
    ...reservedWords(call),
    ...compare("ExpressionAttributeNames", text.match(/#\w+/g) ?? [], call.ExpressionAttributeNames),
    ...compare("ExpressionAttributeValues", text.match(/:\w+/g) ?? [], call.ExpressionAttributeValues),
    ...Object.entries(fields(call.ExpressionAttributeValues))
      .filter(([, value]) => !isTyped(value))
      .map(([name]) => `gives ${name} without a type, or a number that is no text`),
  ];
}

/** The types of a value. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
export const attributeTypes = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

/** Tells whether a value says of what type it is, `{"S": "…"}`; one that an expression computes may. */
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
    ...missing.map((name) => `uses ${name}, which is not in ${field}`),
    ...needless.map((name) => `has ${name} in ${field} and does not use it`),
  ];
}
