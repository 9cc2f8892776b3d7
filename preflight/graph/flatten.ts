export type Scalar = string | number | boolean | null;

/**
 * Flattens a value into its leaves by path. Every path begins with the given one. JSON in text (policies, definitions, dashboards)
 * is parsed and flattened, too. List members are labeled by name, so that a new first member does not change the paths of the rest.
 */
export function flatten(value: unknown, path: string): Map<string, Scalar> {
  return new Map(leavesOf(value, path));
}

function leavesOf(value: unknown, path: string): [path: string, leaf: Scalar][] {
  const parsed = typeof value === "string" ? parseDocument(value) : value;
  if (parsed === undefined) return [];
  if (typeof parsed !== "object" || parsed === null) return [[path, parsed as Scalar]];
  const members = Array.isArray(parsed)
    ? labelsOf(parsed).map((label, index) => [`[${label}]`, parsed[index] as unknown] as const)
    : Object.entries(parsed).map(([key, member]) => [`.${key}`, member as unknown] as const);
  if (members.length === 0) return [[path, Array.isArray(parsed) ? "[]" : "{}"]];
  return members.flatMap(([step, member]) => leavesOf(member, path + step));
}

function parseDocument(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Keys that name list members in AWS's documents. */
const naming = ["Sid", "name", "id", "attributeName"];

function label(member: unknown, index: number): string {
  if (typeof member !== "object" || member === null) return String(member);
  const key = naming.find((candidate) => typeof (member as Record<string, unknown>)[candidate] === "string");
  return key ? ((member as Record<string, unknown>)[key] as string) : String(index);
}

/** Labels each member. A repeated label gets a number: `a`, `a#2`. */
function labelsOf(members: unknown[]): string[] {
  const times = new Map<string, number>();
  return members.map((member, index) => {
    const one = label(member, index);
    const time = (times.get(one) ?? 0) + 1;
    times.set(one, time);
    return time === 1 ? one : `${one}#${time}`;
  });
}
