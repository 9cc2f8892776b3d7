import { attributeTypes } from "./expressions";
import { fields } from "./graph/graph";

/** Match types that a pattern's list can contain besides plain values. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const matchers = ["prefix", "suffix", "anything-but", "numeric", "exists", "equals-ignore-case", "wildcard", "cidr"];

/** Lists the problems of an event pattern, or of a pipe's or mapping's filter, in EventBridge's words. */
export function patternProblems(pattern: unknown, path = ""): string[] {
  if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern)) return [`"${path}" must be an object or an array`];
  if (Object.keys(pattern).length === 0) return ["Empty objects are not allowed"];
  return Object.entries(pattern).flatMap(([key, value]) => {
    const place = path === "" ? key : `${path}.${key}`;
    if (key === "$or")
      return Array.isArray(value) && value.length > 1
        ? value.flatMap((one) => patternProblems(one, place))
        : [`"${place}" must be an array of at least two patterns`];
    if (!Array.isArray(value)) return patternProblems(value, place);
    return value.length === 0 ? [`Empty arrays are not allowed at "${place}"`] : value.flatMap((member) => memberProblems(member, place));
  });
}

function memberProblems(member: unknown, place: string): string[] {
  if (member === null || ["string", "number", "boolean"].includes(typeof member)) return [];
  if (typeof member !== "object" || Array.isArray(member)) return [`"${place}" has an array in an array`];
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

/** Returns whether an operand is nested, as in `{"prefix": {"equals-ignore-case": "a"}}`. */
const isNested = (operand: unknown) =>
  typeof operand === "object" && operand !== null && Object.keys(operand).join() === "equals-ignore-case";

function isComparison(operand: unknown): boolean {
  if (!Array.isArray(operand) || operand.length < 2 || operand.length % 2 !== 0) return false;
  return operand.every((part, index) =>
    index % 2 === 0 ? ["=", "<", "<=", ">", ">="].includes(part as string) : typeof part === "number",
  );
}

/** Keys of a stream record. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
const recordKeys = ["awsRegion", "dynamodb", "eventID", "eventName", "eventSource", "eventVersion", "userIdentity", "eventSourceARN"];
const imageKeys = ["Keys", "NewImage", "OldImage", "SequenceNumber", "SizeBytes", "StreamViewType", "ApproximateCreationDateTime"];
const eventNames = ["INSERT", "MODIFY", "REMOVE"];

/** Lists the parts of a filter that can never match a record of a stream with this view. AWS accepts such a filter silently. */
export function streamFilterProblems(pattern: Record<string, unknown>, view: unknown): string[] {
  const change = fields(pattern.dynamodb);
  const names = Array.isArray(pattern.eventName) ? pattern.eventName : [];
  const images = (["Keys", "NewImage", "OldImage"] as const).flatMap((image) => attributesOf(change[image], image));
  const lacking: Record<string, string[]> = { KEYS_ONLY: ["NewImage", "OldImage"], NEW_IMAGE: ["OldImage"], OLD_IMAGE: ["NewImage"] };
  return [
    ...Object.keys(pattern)
      .filter((key) => key !== "$or" && !recordKeys.includes(key))
      .map((key) => `the filter names ${key}, which stream records do not have`),
    ...Object.keys(change)
      .filter((key) => key !== "$or" && !imageKeys.includes(key))
      .map((key) => `the filter names dynamodb.${key}, which stream records do not have`),
    ...names
      .filter((name) => typeof name === "string" && !eventNames.includes(name))
      .map((name) => `the filter's eventName is ${String(name)}. A record's eventName is INSERT, MODIFY or REMOVE`),
    ...(lacking[String(view)] ?? [])
      .filter((image) => image in change)
      .map((image) => `the filter names ${image}, which a stream with the view ${String(view)} does not have`),
    ...images,
  ];
}

/** Lists attributes that a filter compares without their type. An attribute is an object with its type: `{"status": {"S": ["RECEIVED"]}}`. */
function attributesOf(image: unknown, place: string): string[] {
  return Object.entries(fields(image)).flatMap(([attribute, value]) => {
    const types = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
    return types.length > 0 && types.every((type) => attributeTypes.includes(type))
      ? []
      : [`the filter compares ${place}.${attribute} without its type`];
  });
}
