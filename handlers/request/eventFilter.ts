/** Tells whether an event's type matches one of the patterns, in which `*` stands for any text. */
export function matchesType(eventType: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => fitsOne(eventType, pattern.split("*")));
}

/** Matches one pattern, split at its stars. It finds each part as early as possible, so that no text makes it slow. */
function fitsOne(text: string, [first, ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.length >= from + last.length && text.endsWith(last);
}
