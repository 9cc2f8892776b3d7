/** Returns the path to which a source posts, after the API's base URL. */
export const webhookPath = (source: string) => `/webhook/${source}`;

/** Returns the source whose path this is; `undefined` for any other path. */
export function sourceAt(path: string): string | undefined {
  const before = webhookPath("");
  return path.startsWith(before) ? path.slice(before.length) : undefined;
}
