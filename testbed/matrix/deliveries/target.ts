import type { Answer, OutgoingRequest } from "../../../handlers/deliver/send";
import { Queue } from "../services";
import type { MatrixDestination } from "../settings";

/** A request that an endpoint accepted. */
export interface Accepted {
  transactionId: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Milliseconds in which an endpoint answers. */
const answerMs = 50;
/** Milliseconds for which the endpoint of `billing` refuses everything: long enough for the breaker to open. */
const outageMs = 4 * 60_000;

/** Number of the event that `orders` refuses at the first attempt, and of the one that it never takes. */
export const oddEvents = { refusedOnce: 1, neverTaken: 2 } as const;

/** A destination: its queues, its mapping, and its endpoint. */
export class Target {
  readonly queue = new Queue();
  readonly deadLetters = new Queue();
  isMapped = true;
  readonly accepted: Accepted[] = [];
  /** When each request came, epoch milliseconds. */
  readonly requests: number[] = [];
  /** All signatures that were sent. */
  readonly signatures = new Set<string>();
  private readonly seen = new Set<string>();

  /** @param since epoch milliseconds @param eventOf returns an event's number */
  constructor(
    readonly name: MatrixDestination,
    private readonly since: number,
    private readonly eventOf: (transactionId: string) => number,
  ) {}

  /** Answers a request. @param at epoch milliseconds */
  answer({ body, headers }: OutgoingRequest, at: number, pass: (milliseconds: number) => void): Answer {
    pass(answerMs);
    this.requests.push(at);
    this.signatures.add(headers["webhook-signature"]);
    const { transactionId } = (JSON.parse(String(body)) as { data: { transactionId: string } }).data;
    const status = this.statusOf(transactionId, at);
    this.seen.add(transactionId);
    if (status === 204) this.accepted.push({ transactionId, at });
    return { status };
  }

  private statusOf(transactionId: string, at: number): number {
    const event = this.eventOf(transactionId);
    if (this.name === "billing") return at < this.since + outageMs ? 503 : 204;
    if (this.name === "orders" && event === oddEvents.neverTaken) return 422;
    return this.name === "orders" && event === oddEvents.refusedOnce && !this.seen.has(transactionId) ? 503 : 204;
  }
}
