/** Where a sender posts to, after the API's base URL. Infrastructure and handlers agree on it. */
export const webhookPath = (sender: string) => `/webhook/${sender}`;

/** The sender whose path it is; `undefined` where it is no sender's. */
export function senderAt(path: string): string | undefined {
  const before = webhookPath("");
  return path.startsWith(before) ? path.slice(before.length) : undefined;
}
