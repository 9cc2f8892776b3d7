import type { ProcessingError } from "../domain/processing";

/** Defines every way to refuse a webhook: one status and one public message each. The receiver sends no other errors. */
const refusals = {
  malformed: { status: 400, message: "The body is not an event of this source." },
  signature: { status: 401, message: "The signature could not be verified." },
  forbidden: { status: 403, message: "This address may not send to this source." },
  unknown_source: { status: 404, message: "Unknown source." },
  too_large: { status: 413, message: "The body is larger than this endpoint accepts." },
  unsupported_media_type: { status: 415, message: "The body must be uncompressed JSON, or a form if the source sends forms." },
  unavailable: { status: 503, message: "The event was not stored. Send it again later." },
} as const;
export type RefusalCode = keyof typeof refusals;

/** Refuses a webhook. `reason` goes to log and metric; the source sees only the public message of `code`. */
export class Refusal extends Error {
  readonly status: number;
  readonly publicMessage: string;

  constructor(
    readonly code: RefusalCode,
    /** Failed check, in a few words: a fixed text, never anything from the request. */
    readonly reason: string,
  ) {
    super(`${code}: ${reason}`);
    this.name = "Refusal";
    this.status = refusals[code].status;
    this.publicMessage = refusals[code].message;
  }
}

/** Reports a failure of processing by a name that the state machine knows. Messages are fixed, because they appear in its history. */
export class Failure extends Error {
  constructor(name: (typeof ProcessingError)[keyof typeof ProcessingError], message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * Describes an error for logs and answers: its name, plus its message if that comes from AWS or this program. Other messages may quote the
 * payload, as those of `JSON.parse` do.
 */
export function safeDescription(error: unknown): string {
  if (!(error instanceof Error)) return "UnknownError";
  const trusted = error instanceof Refusal || "$metadata" in error;
  return trusted ? `${error.name}: ${error.message}` : error.name;
}
