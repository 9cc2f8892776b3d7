import { attributeTypes } from "./expressions";
import { fields } from "./graph";

/** What a list in a pattern may have beside plain values. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const matchers = ["prefix", "suffix", "anything-but", "numeric", "exists", "equals-ignore-case", "wildcard", "cidr"];

/** Returns what is wrong with an event pattern, or a filter of a pipe or a mapping, in EventBridge's words. */
export function patternProblems(pattern: unknown, path = ""): string[] {
  if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern)) return [`"${path}" must be an object or an array`];
  if (Object.keys(pattern).length === 0) return ["Empty objects are not allowed"];
  return Object.entries(pattern).flatMap(([key, value]) => {
    const place = path === "" ? key : `${path}.${key}`;
    if (key === "$or")
      return Array.isArray(value) && value.length > 1
        ? value.flatMap((one) => patternProblems(one, place))
        : [`"${place}" must be a list of two or more`];
    if (!Array.isArray(value)) return patternProblems(value, place);
    return value.length === 0 ? [`Empty arrays are not allowed at "${place}"`] : value.flatMap((member) => memberProblems(member, place));
  });
}

function memberProblems(member: unknown, place: string): string[] {
  if (member === null || ["string", "number", "boolean"].includes(typeof member)) return [];
  if (typeof member !== "object" || Array.isArray(member)) return [`"${place}" has a list in a list`];
  const [key, ...more] = Object.keys(member as object);
  if (key === undefined || more.length > 0 || !matchers.includes(key))
    return [`Unrecognized match type ${[key, ...more].join(", ")} at "${place}"`];
  return operandProblems(key, (member as Record<string, unknown>)[key], place);
}

function operandProblems(matcher: string, operand: unknown, place: string): string[] {
  const texts = ["suffix", "prefix", "wildcard", "equals-ignore-case", "cidr"];
  if (texts.includes(matcher) && typeof operand !== "string" && !isNested(operand))
    return [`${matcher} match pattern must be a string at "${place}"`];
  if (matcher === "exists" && typeof operand !== "boolean") return [`exists match pattern must be either true or false at "${place}"`];
  if (matcher === "numeric" && !isComparison(operand)) return [`Value of numeric must be an array of comparisons at "${place}"`];
  return [];
}

/** `{"prefix": {"equals-ignore-case": "a"}}` is taken, too. */
const isNested = (operand: unknown) =>
  typeof operand === "object" && operand !== null && Object.keys(operand).join() === "equals-ignore-case";

function isComparison(operand: unknown): boolean {
  if (!Array.isArray(operand) || operand.length < 2 || operand.length % 2 !== 0) return false;
  return operand.every((part, index) =>
    index % 2 === 0 ? ["=", "<", "<=", ">", ">="].includes(part as string) : typeof part === "number",
  );
}

/** Keys of a record of a table's stream. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
const recordKeys = ["awsRegion", "dynamodb", "eventID", "eventName", "eventSource", "eventVersion", "userIdentity", "eventSourceARN"];
const imageKeys = ["Keys", "NewImage", "OldImage", "SequenceNumber", "SizeBytes", "StreamViewType", "ApproximateCreationDateTime"];
const eventNames = ["INSERT", "MODIFY", "REMOVE"];

/** Returns what of a filter can never match a record of a stream that has this view; nothing is refused for it. */
export function streamFilterProblems(pattern: Record<string, unknown>, view: unknown): string[] {
  const change = fields(pattern.dynamodb);
  const names = Array.isArray(pattern.eventName) ? pattern.eventName : [];
  const images = (["Keys", "NewImage", "OldImage"] as const).flatMap((image) => attributesOf(change[image], image));
  const lacking: Record<string, string[]> = { KEYS_ONLY: ["NewImage", "OldImage"], NEW_IMAGE: ["OldImage"], OLD_IMAGE: ["NewImage"] };
  return [
    ...Object.keys(pattern)
      .filter((key) => key !== "$or" && !recordKeys.includes(key))
      .map((key) => `a record has no ${key}`),
    ...Object.keys(change)
      .filter((key) => key !== "$or" && !imageKeys.includes(key))
      .map((key) => `a record has no dynamodb.${key}`),
    ...names
      .filter((name) => typeof name === "string" && !eventNames.includes(name))
      .map((name) => `no record's eventName is ${String(name)}`),
    ...(lacking[String(view)] ?? []).filter((image) => image in change).map((image) => `a stream of ${String(view)} has no ${image}`),
    ...images,
  ];
}

/** Returns attributes as objects with their types: `{"status": {"S": ["RECEIVED"]}}`. */
function attributesOf(image: unknown, place: string): string[] {
  return Object.entries(fields(image)).flatMap(([attribute, value]) => {
    const types = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
    return types.length > 0 && types.every((type) => attributeTypes.includes(type))
      ? []
      : [`${place}.${attribute} is compared without its type`];
  });
}
