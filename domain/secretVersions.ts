import { randomUUID } from "node:crypto";

/**
 * Returns the ID under which a new version of a secret is stored. It tells how many entries the value has, so that anyone may learn that
 * without reading the value. A staging label could tell it as well, but a version with a label never expires, and with it an old secret.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export const secretVersionId = (entries: number): string => `webhooks-${entries}-${randomUUID()}`;

/** Returns how many entries a version of a secret has, by its ID; `undefined` if another program stored it. */
export function entriesInVersion(versionId: string): number | undefined {
  const [, entries] = /^webhooks-(\d)-/.exec(versionId) ?? [];
  return entries === undefined ? undefined : Number(entries);
}
