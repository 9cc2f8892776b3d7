/** Where a source posts to, after the API's base URL. Infrastructure and handlers agree on it. */
export const webhookPath = (source: string) => `/webhook/${source}`;

/** The source whose path it is; `undefined` where it is no source's. */
export function sourceAt(path: string): string | undefined {
  const before = webhookPath("");
  return path.startsWith(before) ? path.slice(before.length) : undefined;
}
