import { Refusal } from "../errors";

/** Most items that become events of their own. No provider sends more in a delivery. */
const mostItems = 1_000;
/** Most bytes around the array, once for each item: each event has them. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Splits a delivery into one for each item of an array: the same bytes, but with that item alone in the array.
 * @param body JSON, verified
 * @param path keys of the array in the body; none: the body is the array
 * @returns a function for each item, which makes its delivery: all of them at once could fill the memory. `undefined` if there is no array
 * at the path
 * @throws Refusal too_large, if there are too many items, or too many bytes around them
 */
export function splitItems(body: Buffer, path: readonly string[]): (() => Buffer)[] | undefined {
  const text = body.toString("latin1");
  const at = arrayAt(text, path);
  if (at === undefined) return undefined;
  const { ranges, end } = elementsAt(text, at);
  const [head, tail] = [body.subarray(0, at + 1), body.subarray(end)];
  if (ranges.length * (head.length + tail.length) > mostBytes) throw new Refusal("too_large", "bytes around items");
  return ranges.map(
    ([from, to]) =>
      () =>
        Buffer.concat([head, body.subarray(from, to), tail]),
  );
}

/**
 * Finds the "[" of the array at a path. Of a repeated key, the last counts, as for `JSON.parse`. The text is valid JSON; bytes above ASCII
 * stand within texts alone.
 */
function arrayAt(text: string, path: readonly string[]): number | undefined {
  let at = skipSpace(text, text.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0);
  for (const key of path) {
    const value = text[at] === "{" ? valueOf(text, at, key) : undefined;
    if (value === undefined) return undefined;
    at = value;
  }
  return text[at] === "[" ? at : undefined;
}

/** Returns where the value of a key begins in the object that begins here. */
function valueOf(text: string, object: number, key: string): number | undefined {
  let found: number | undefined;
  let at = skipSpace(text, object + 1);
  while (text[at] === '"') {
    const end = endOfText(text, at);
    const value = skipSpace(text, skipSpace(text, end) + 1);
    if (JSON.parse(text.slice(at, end)) === key) found = value;
    at = skipSpace(text, endOfValue(text, value));
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return found;
}

/** Returns the range of each element of the array that begins here, and where its "]" is. @throws Refusal too_large */
function elementsAt(text: string, array: number): { ranges: [from: number, to: number][]; end: number } {
  const ranges: [number, number][] = [];
  let at = skipSpace(text, array + 1);
  while (text[at] !== "]") {
    const end = endOfValue(text, at);
    ranges.push([at, end]);
    if (ranges.length > mostItems) throw new Refusal("too_large", "items");
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return { ranges, end: at };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/[\s]/.test(text[at] ?? "x")) at++;
  return at;
}

/** Returns the place after the text that begins here. */
function endOfText(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Returns the place after the value that begins here. */
function endOfValue(text: string, from: number): number {
  if (text[from] === '"') return endOfText(text, from);
  let at = from;
  if (text[from] !== "{" && text[from] !== "[") {
    while (/[\w.+-]/.test(text[at] ?? "")) at++;
    return at;
  }
  let depth = 0;
  do {
    const sign = text[at];
    at = sign === '"' ? endOfText(text, at) : at + 1;
    if (sign === "{" || sign === "[") depth++;
    if (sign === "}" || sign === "]") depth--;
  } while (depth > 0);
  return at;
}
