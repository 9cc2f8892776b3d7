import { secondsAfter } from "../../domain/destinations";
import { failing } from "../../handlers/deliver/breaker";
import { leastPart } from "../../handlers/deliver/retryDelay";
import { estimates } from "../cost/workload";
import { quotas } from "./quotas";

/** Mean of the random part of the schedule's intervals. */
const meanPart = (leastPart + 1) / 2;

/** Seconds of the function for a message of a full batch, beside the endpoint's. */
const ownSeconds = (estimates.milliseconds.delivery + estimates.milliseconds.deliveryBatch / 10) / 1_000;

/** Returns the most deliveries a second: each execution sends one request after the other. @param endpoint seconds in which it answers */
export function deliveriesPerSecond(maxConcurrency: number, endpoint: number, own = ownSeconds): number {
  return maxConcurrency / (endpoint + own);
}

/**
 * Returns the mean number of messages that wait hidden for their next attempt, and so count as in flight.
 * @param perSecond events a second
 * @param failingPart part of attempts that fail, below the breaker's
 * @param retryHours hours for which deliveries are tried
 * @param after seconds since failures began; absent: long ago
 */
export function waitingInFlight(perSecond: number, failingPart: number, retryHours: number, after = Infinity): number {
  let waiting = 0;
  let since = 0;
  for (let attempts = 1; since < Math.min(retryHours * 3_600, after); attempts++) {
    const seconds = Math.min(secondsAfter(attempts) * meanPart, retryHours * 3_600 - since);
    waiting += perSecond * failingPart ** attempts * Math.min(seconds, after - since);
    since += seconds;
  }
  return waiting;
}

const whole = (value: number) => Math.floor(value).toLocaleString("en");
const rate = (value: number) => (value < 10 ? value.toFixed(1) : whole(value));
/** Rows and columns of the document. */
const concurrencies = [2, 10, 50, 100];
const latencies = [0.05, 0.2, 1, 15];
const failingParts = [0.1, 0.3, 0.5, failing.part - 0.01];

/** Formats how fast a destination is, and when hidden messages reach SQS's quota. */
export function deliveriesTables(): string {
  const latency = (seconds: number) => (seconds < 1 ? `${seconds * 1_000} ms` : `${seconds} s`);
  const { value: quota } = quotas.queueInFlight;
  return [
    `| \`maxConcurrency\` | ${latencies.map((seconds) => `answers in ${latency(seconds)}`).join(" | ")} |`,
    `| --- |${" --- |".repeat(latencies.length)}`,
    ...concurrencies.map((most) => `| ${most} | ${latencies.map((seconds) => rate(deliveriesPerSecond(most, seconds))).join(" | ")} |`),
    "",
    "<!-- prettier-ignore -->",
    `| Failed attempts | Messages hidden, at one event a second | Events a second that fill the quota of ${whole(quota)} |`,
    "| --- | --- | --- |",
    ...failingParts.map((part) => {
      const each = waitingInFlight(1, part, 72);
      return `| ${Math.round(part * 100)} % | ${whole(each)} | ${whole(quota / each)} |`;
    }),
  ].join("\n");
}
