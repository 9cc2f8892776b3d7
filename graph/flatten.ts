export type Scalar = string | number | boolean | null;

/**
 * A value as its leaves by path, which begins with the given one. Documents that are text (policies, definitions, dashboards) are taken apart like any other
 * value; members of a list are found by what names them, so that one more at the top is one more and not a change of all.
 */
export function flatten(value: unknown, path: string): Map<string, Scalar> {
  const leaves = new Map<string, Scalar>();
  collect(value, path, leaves);
  return leaves;
}

function collect(value: unknown, path: string, leaves: Map<string, Scalar>): void {
  const parsed = typeof value === "string" ? parseDocument(value) : value;
  if (parsed === undefined) return;
  if (Array.isArray(parsed)) {
    if (parsed.length === 0) leaves.set(path, "[]");
    const labels = labelsOf(parsed);
    for (const [index, member] of parsed.entries()) collect(member, `${path}[${labels[index]}]`, leaves);
  } else if (typeof parsed === "object" && parsed !== null) {
    if (Object.keys(parsed).length === 0) leaves.set(path, "{}");
    for (const [key, member] of Object.entries(parsed)) collect(member, `${path}.${key}`, leaves);
  } else {
    leaves.set(path, parsed as Scalar);
  }
}

function parseDocument(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The keys that AWS's own documents name the members of their lists by. */
const naming = ["Sid", "name", "id", "attributeName"];

function label(member: unknown, index: number): string {
  if (typeof member !== "object" || member === null) return String(member);
  const key = naming.find((candidate) => typeof (member as Record<string, unknown>)[candidate] === "string");
  return key ? ((member as Record<string, unknown>)[key] as string) : String(index);
}

/** Each member's label; one that comes twice is two. */
function labelsOf(members: unknown[]): string[] {
  const times = new Map<string, number>();
  return members.map((member, index) => {
    const one = label(member, index);
    const time = (times.get(one) ?? 0) + 1;
    times.set(one, time);
    return time === 1 ? one : `${one}#${time}`;
  });
}
