/** Every way in which a webhook can be refused: one status and one public message each. Nothing else leaves the receiver. */
const refusals = {
  malformed: { status: 400, message: "The body is no event of this source." },
  signature: { status: 401, message: "The signature could not be verified." },
  forbidden: { status: 403, message: "This address may not send here." },
  unknown_source: { status: 404, message: "There is no such source here." },
  too_large: { status: 413, message: "The body is larger than this endpoint accepts." },
  unsupported_media_type: { status: 415, message: "The body must be JSON, or a form from a source of forms, and not compressed." },
  unavailable: { status: 503, message: "The event was not stored; send it again later." },
} as const;
export type RefusalCode = keyof typeof refusals;

/** A webhook that is not accepted. `reason` goes to log and metric; the source sees the code's message only. */
export class Refusal extends Error {
  readonly status: number;
  readonly publicMessage: string;

  constructor(
    readonly code: RefusalCode,
    /** Which check failed, in a word or two: fixed texts, never anything from the request. */
    readonly reason: string,
  ) {
    super(`${code}: ${reason}`);
    this.name = "Refusal";
    this.status = refusals[code].status;
    this.publicMessage = refusals[code].message;
  }
}

/**
 * An error as it may be logged or returned: its name, and its message only where that comes from AWS or from ourselves.
 * Anything else may quote the payload (`JSON.parse` does), so only its name is kept.
 */
export function safeDescription(error: unknown): string {
  if (!(error instanceof Error)) return "UnknownError";
  const trusted = error instanceof Refusal || "$metadata" in error;
  return trusted ? `${error.name}: ${error.message}` : error.name;
}
