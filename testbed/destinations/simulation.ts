import type { Context, SQSRecord } from "aws-lambda";
import { deliverTimeoutSeconds, deliveryBatchSize, type DestinationSettings } from "../../domain/destinations";
import { logger } from "../../handlers/aws/telemetry";
import { deliverBatch } from "../../handlers/deliver/batch";
import { clearSecrets } from "../../handlers/deliver/secrets";
import type { Answer, OutgoingRequest } from "../../handlers/deliver/send";
import type { Surroundings } from "../../handlers/deliver/surroundings";
import { tend } from "../../handlers/deliver/tend";
import { destinationsFileVariable, writeDestinations } from "../destinationsFile";
import { lambdaContext } from "../handlers";
import { Clock } from "../matrix/clock";
import { queueArn, SimulatedAws } from "./aws";
import { SimulatedDestination } from "./destination";
import type { Message } from "./queue";

/** Milliseconds between two looks of an execution's poller into an empty queue. */
const pollMs = 500;
/** Milliseconds that the calls to AWS of a delivery take together. */
const callsMs = 10;
const minute = 60_000;

/**
 * SQS, Lambda and endpoints in simulated time. The function's own code delivers and tends: the simulation answers its calls to AWS, and the
 * endpoints its requests.
 */
export class Simulation {
  readonly clock = new Clock(Date.parse("2026-01-31T12:00:00Z"));
  readonly aws: SimulatedAws;
  readonly destinations: ReadonlyMap<string, SimulatedDestination>;
  /** Executions of the function that run. */
  #running = 0;
  #seed = 1;

  /** @param accountConcurrency executions at once that the account allows */
  constructor(
    settings: Record<string, DestinationSettings>,
    private readonly accountConcurrency: number,
  ) {
    this.destinations = new Map(Object.entries(settings).map(([name, one]) => [name, new SimulatedDestination(name, one, this.clock)]));
    this.aws = new SimulatedAws(this.destinations);
    process.env[destinationsFileVariable] = writeDestinations(settings);
    clearSecrets();
    logger.setLogLevel("SILENT");
    for (const one of this.destinations.values())
      for (let execution = 0; execution < one.concurrency; execution++) this.clock.spawn(() => this.#poll(one));
    this.clock.spawn(() => this.#tendEachMinute());
  }

  /** Restores clients, time and log. */
  end(): void {
    this.aws.end();
    this.clock.end();
    delete process.env[destinationsFileVariable];
    logger.setLogLevel("INFO");
  }

  /** Lets events arrive at a destination's queue. @param perSecond at most 1,000 */
  arrive({ name, queue }: SimulatedDestination, events: number, perSecond: number): void {
    this.clock.spawn(async () => {
      for (let event = 0; event < events; event++) {
        queue.send(JSON.stringify({ detail: { transactionId: `${name}#${event}` } }));
        await this.clock.wait(1_000 / perSecond);
      }
    });
  }

  /** Lets time pass until a condition holds. @param hours after which it must @throws Error if it does not */
  async until(holds: () => boolean, hours: number): Promise<void> {
    if (!(await this.clock.runUntil(holds, this.clock.now + hours * 60 * minute)))
      throw new Error(`It did not happen within ${hours} hours.`);
  }

  /** Lets so many minutes pass. */
  async pass(minutes: number): Promise<void> {
    const end = this.clock.now + minutes * minute;
    await this.until(() => this.clock.now >= end, minutes / 60 + 1);
  }

  readonly #surroundings: Surroundings = {
    now: () => this.clock.now,
    sleep: (milliseconds) => (milliseconds > 0 ? this.clock.wait(milliseconds) : Promise.resolve()),
    // A generator of Numerical Recipes: each run has the same numbers.
    random: () => (this.#seed = (this.#seed * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32,
    send: (request) => this.#send(request),
  };

  async #send({ url, timeoutMs, body }: OutgoingRequest): Promise<Answer> {
    const destination = this.destinations.get(new URL(url).hostname.split(".")[0])!;
    destination.sends.push(this.clock.now);
    const answer = await destination.endpoint(this.clock, timeoutMs);
    if ("status" in answer && answer.status < 300)
      destination.accept((JSON.parse(String(body)) as { data: { transactionId: string } }).data.transactionId);
    return answer;
  }

  /** Runs one execution after the other for a destination's messages. */
  async #poll(destination: SimulatedDestination): Promise<void> {
    for (;;) {
      const mayRun = destination.delivers && this.#running < this.accountConcurrency;
      const messages = mayRun ? destination.queue.receive(deliveryBatchSize) : [];
      if (messages.length === 0) await this.clock.wait(pollMs);
      else await this.#invoke(destination, messages);
    }
  }

  async #invoke({ name, queue, delays }: SimulatedDestination, messages: readonly Message[]): Promise<void> {
    this.#running += 1;
    const records = messages.map((message) => recordOf(name, message));
    const { batchItemFailures } = await deliverBatch(records, this.#context(), this.#surroundings);
    await this.clock.wait(callsMs * messages.length);
    this.#running -= 1;
    const staying = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { id, sentAt } of messages.filter((message) => !staying.has(message.id))) {
      queue.delete(id);
      delays.push(this.clock.now - sentAt);
    }
  }

  async #tendEachMinute(): Promise<void> {
    for (;;) {
      await this.clock.wait(minute);
      await tend(this.#context(), this.#surroundings);
    }
  }

  #context(): Context {
    const endsAt = this.clock.now + deliverTimeoutSeconds * 1_000;
    return { ...lambdaContext, getRemainingTimeInMillis: () => endsAt - this.clock.now };
  }
}

function recordOf(name: string, { id, body, sentAt }: Message): SQSRecord {
  const attributes = { SentTimestamp: String(sentAt) };
  return { messageId: id, receiptHandle: id, body, attributes, eventSourceARN: queueArn(name) } as SQSRecord;
}
