import { secretsManager } from "../aws/secretsManager";
import type { StoredAttempt } from "../../domain/destinations";
import { readChangedSecrets, secretsOf, type DestinationSecret } from "./secrets";
import { sendErrors, type Answer } from "./send";
import type { ConfiguredDestination } from "./settings";
import { signedHeaders, type Signed } from "./signing";
import type { Surroundings } from "./surroundings";

/** Statuses with which an endpoint may refuse a signature or an Authorization that it does not know. Libraries recommend all three. */
const mayBeOldSecret = new Set([400, 401, 403]);
const mayBeOldAuthorization = new Set([401, 403]);

/** An attempt: its answer, and what the row keeps of it. */
export interface Attempt {
  answer: Answer;
  stored: StoredAttempt;
}

/**
 * Sends a request once. While a secret is rotated, both signatures are sent, and the old Authorization if the new one is refused. A refusal
 * makes it read the secret again: it may have changed since it was cached.
 */
export async function attempt(
  destination: ConfiguredDestination,
  request: Omit<Signed, "now">,
  { now, send }: Pick<Surroundings, "now" | "send">,
): Promise<Attempt> {
  const startedAt = now();
  let endsAt = startedAt;
  const answer = await sendSigned();
  const { body, ...rest } = "error" in answer ? { ...answer, body: undefined } : { status: answer.status, body: answer.body };
  const stored = { at: new Date(startedAt).toISOString(), durationMs: now() - startedAt, ...rest, ...(body !== undefined && { body }) };
  return { answer, stored };

  async function sendSigned(): Promise<Answer> {
    const secrets = await secretsOf(secretsManager, destination, new Date(startedAt)).catch(() => undefined);
    if (!secrets) return { error: sendErrors.secret };
    // The time is the endpoint's: a slow read of the secret takes none of it.
    endsAt = now() + destination.settings.timeoutSeconds * 1_000;
    const first = await sendWith(secrets);
    if (!isRefused(first, mayBeOldSecret)) return first;
    const changed = await readChangedSecrets(secretsManager, destination, new Date(now()));
    return changed && now() < endsAt ? sendWith(changed) : first;
  }

  async function sendWith(secrets: readonly DestinationSecret[]): Promise<Answer> {
    const [authorization, ...others] = new Set(secrets.map((secret) => secret.authorization));
    let answer = await sendAs(secrets, authorization);
    for (const other of others) if (isRefused(answer, mayBeOldAuthorization) && now() < endsAt) answer = await sendAs(secrets, other);
    return answer;
  }

  function sendAs(secrets: readonly DestinationSecret[], authorization: string | undefined): Promise<Answer> {
    const keys = secrets.map(({ key }) => key);
    const headers = { ...signedHeaders(keys, { ...request, now: now() }), ...(authorization !== undefined && { authorization }) };
    const { settings, isLocal } = destination;
    return send({ url: settings.url, headers, body: request.body, timeoutMs: endsAt - now(), isLocal });
  }
}

const isRefused = (answer: Answer, statuses: ReadonlySet<number>) => "status" in answer && statuses.has(answer.status);
