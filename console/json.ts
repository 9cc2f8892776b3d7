/** JSON as it was written: every digit of a number, and every field of an object, also if two have one name. */
export type Json = { text: string } | { literal: string } | { items: Json[] } | { fields: (readonly [name: string, value: Json])[] };

/** Parses JSON. @returns `undefined` if it is not JSON */
export function parseJson(text: string): Json | undefined {
  // The browser decides what is JSON, so the tokens need no other check.
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const root: Json = { items: [] };
  const open: Open[] = [{ value: root }];
  for (const token of tokensOf(text)) {
    if (token === "}" || token === "]") open.pop();
    else take(open, token);
  }
  return root.items[0];
}

/** Divides JSON into brackets, texts and literals; commas and colons tell nothing more. */
function* tokensOf(text: string): Generator<string> {
  const begin = /["{}[\]]|[^\s{}[\]:,"]+/g;
  for (let found = begin.exec(text); found; found = begin.exec(text)) {
    if (found[0] === '"') begin.lastIndex = endOfText(text, found.index);
    yield text.slice(found.index, begin.lastIndex);
  }
}

/** Returns where a text ends: after the next quotation mark that no odd number of backslashes precedes. A regular expression of it would overflow. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let before = end;
    while (json[before - 1] === "\\") before--;
    if ((end - before) % 2 === 0) return end + 1;
  }
}

/** An object or a list whose end is still to come. */
interface Open {
  value: { items: Json[] } | { fields: (readonly [name: string, value: Json])[] };
  /** Name of the field whose value comes next. */
  name?: string;
}

/** Puts a token into the innermost value that is open, and opens the one that it begins. */
function take(open: Open[], token: string): void {
  const inner = open[open.length - 1];
  if ("fields" in inner.value && inner.name === undefined) {
    inner.name = JSON.parse(token) as string;
    return;
  }
  const value = valueOf(token);
  if ("items" in inner.value) inner.value.items.push(value);
  else inner.value.fields.push([inner.name!, value]);
  delete inner.name;
  if ("items" in value || "fields" in value) open.push({ value });
}

function valueOf(token: string): Json {
  if (token === "{") return { fields: [] };
  if (token === "[") return { items: [] };
  return token.startsWith('"') ? { text: JSON.parse(token) as string } : { literal: token };
}
