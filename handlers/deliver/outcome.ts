import { retryAfterMs } from "./retryDelay";
import { sendErrors, type Answer } from "./send";

/** What an answer means for a delivery. Errors and reasons are for people. */
export type DeliveryOutcome =
  | { kind: "delivered" }
  /** No attempt can succeed: the delivery becomes a dead letter. */
  | { kind: "permanent"; error: string }
  /** The endpoint wants no more, or must not be called: the destination is paused, and the delivery waits. */
  | { kind: "pause"; error: string }
  /** It is tried again, not before so many milliseconds. */
  | { kind: "again"; error: string; retryAfterMs: number }
  /** Nothing was sent, and neither the event nor the endpoint is to blame: it is tried again soon, and no attempt counts. */
  | { kind: "unsent"; error: string };

const failures: Partial<Record<string, string>> = {
  [sendErrors.timeout]: "There was no answer in time.",
};

/** Statuses of a request that the endpoint can't take, now or later. */
const permanent = new Set([400, 413, 415, 422]);
/** Statuses with which an endpoint refuses the pipeline as a whole. */
const pausing = new Set([401, 403, 410]);

/** Values of the header `webhook-delivery`, with which an endpoint says what a refusal means. */
const wish = { abort: "abort-message", disable: "disable" } as const;

/** Decides what an answer means. @param now epoch milliseconds, from which a date of Retry-After counts */
export function deliveryOutcomeOf(answer: Answer, now: number): DeliveryOutcome {
  if ("error" in answer) {
    if (answer.error === sendErrors.forbiddenAddress) return { kind: "pause", error: "An address of its host is not public." };
    if (answer.error === sendErrors.secret) return { kind: "unsent", error: "Its secret has no value, or cannot be used." };
    return { kind: "again", error: failures[answer.error] ?? `There was no answer: ${answer.error}.`, retryAfterMs: 0 };
  }
  const { status, delivery } = answer;
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const isKnown = delivery === wish.disable || delivery === wish.abort;
  const error = `It answered ${status}${isKnown ? ` with webhook-delivery: ${delivery}` : ""}.`;
  if (delivery === wish.disable || pausing.has(status)) return { kind: "pause", error };
  if (delivery === wish.abort || permanent.has(status)) return { kind: "permanent", error };
  return { kind: "again", error, retryAfterMs: retryAfterMs(answer.retryAfter, now) };
}
