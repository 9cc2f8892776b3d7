import { AsyncLocalStorage } from "node:async_hooks";
import { DeliveryAttribute, DeliveryStatus } from "../../domain/destinations";
import { Attribute } from "../../domain/event";
import { Variable } from "../../domain/variables";
import { dynamodb } from "../../handlers/aws/dynamodb";
import { logger } from "../../handlers/aws/telemetry";
import { sqs } from "../../handlers/aws/sqs";
import { secretsManager } from "../../handlers/aws/secretsManager";
import { deliverOne, type Verdict } from "../../handlers/deliver/deliverOne";
import type { Delivery } from "../../handlers/deliver/message";
import { clearSecrets } from "../../handlers/deliver/secrets";
import { DeliveriesTable, type Command } from "../../testbed/destinations/deliveriesTable";
import type { Change, Item, TableCall } from "../../testbed/matrix/eventsTable";
import { postedOrders, usualSettings } from "../helpers/destinations";

/** A copy of a message, what its request is answered, and whether its container dies before it records that. */
export interface Copy {
  generation: string;
  /** Epoch milliseconds. */
  sentAt: number;
  status: number;
  dies?: boolean;
}

/** Conditions of writes; a test drops one to see it missed. */
export type Conditions = (condition: string) => string;

/** What became of the copies in one order of their steps. */
export interface Outcome {
  /** Verdicts by copy; `undefined` for one that died. */
  verdicts: (Verdict["kind"] | undefined)[];
  /** Answers that were got, by copy. */
  answered: boolean[];
  row: Item | undefined;
  /** All writes of the row, in order. */
  changes: Change[];
  deadLetters: number;
}

const transactionId = "stripe#evt_1";
const id = `orders#${transactionId}`;
const event: Item = { [Attribute.transactionId]: { S: transactionId }, [Attribute.kind]: { S: "payment.succeeded" } };
const destination = {
  name: "orders",
  isLocal: false,
  settings: { url: postedOrders.url, ...usualSettings },
} as const;

/** Steps of a copy at which others may come between: it reads, it sends, it writes. */
interface Waiting {
  resume: () => void;
}

/** Which copy makes a call. One for all races: Node.js visits each storage for each promise. */
const current = new AsyncLocalStorage<number>();

/** Runs copies of a message at once, whose steps are taken in any order. The function's own code delivers. */
class Race {
  readonly waiting = new Map<number, Waiting>();
  readonly outcome: Outcome;
  private readonly table: DeliveriesTable;
  private running = 0;
  private idle: () => void = () => {};

  constructor(
    private readonly copies: readonly Copy[],
    private readonly conditions: Conditions,
  ) {
    this.outcome = {
      verdicts: copies.map(() => undefined),
      answered: copies.map(() => false),
      row: undefined,
      changes: [],
      deadLetters: 0,
    };
    this.table = new DeliveriesTable((change) => change.id === id && this.outcome.changes.push(change));
    Object.assign(dynamodb, { send: (command: Command) => this.call(command) });
    Object.assign(sqs, { send: () => this.bury() });
    Object.assign(secretsManager, { send: () => Promise.resolve({ SecretString: JSON.stringify({ secret: "whsec_c2VjcmV0" }) }) });
  }

  /** Starts all copies. @returns once each waits for its first step */
  start(): Promise<void> {
    this.copies.forEach((_, copy) => this.go(() => current.run(copy, () => this.deliver(copy))));
    return this.untilIdle();
  }

  /** Lets a copy take its step. @returns once it waits again, or has ended */
  step(copy: number): Promise<void> {
    const { resume } = this.waiting.get(copy)!;
    this.waiting.delete(copy);
    this.running++;
    resume();
    return this.untilIdle();
  }

  end(): Outcome {
    this.outcome.row = this.table.table.items.get(id);
    return this.outcome;
  }

  private async deliver(copy: number): Promise<void> {
    const { generation, sentAt, status } = this.copies[copy];
    const message: Delivery = { destination: "orders", transactionId, trigger: "event", generation, sentAt };
    const send = async () => {
      await this.pause(copy);
      this.outcome.answered[copy] = true;
      return { status };
    };
    const surroundings = { now: () => sentAt, sleep: () => Promise.resolve(), random: () => 0.5, send };
    const { kind } = await deliverOne(destination, message, surroundings, { state: () => Promise.resolve(freshState) });
    this.outcome.verdicts[copy] = kind;
  }

  private async call(command: Command): Promise<object> {
    const copy = current.getStore()!;
    const call = command.input as TableCall & { TableName: string };
    if (call.TableName === process.env[Variable.tableName]) return { Item: event };
    const isOfRow = (call.Item ?? call.Key)[DeliveryAttribute.id].S === id;
    if (isOfRow) await this.pause(copy);
    if (isOfRow && call.Item && this.copies[copy].dies) return this.die();
    if (call.Item) call.ConditionExpression = this.conditions(call.ConditionExpression!);
    return this.table.answer(command);
  }

  /** Takes a dead letter. */
  private bury(): Promise<object> {
    this.outcome.deadLetters++;
    return Promise.resolve({});
  }

  /** Never answers: the copy's container is dead. */
  private die(): Promise<never> {
    this.stop();
    return new Promise<never>(() => {});
  }

  private pause(copy: number): Promise<void> {
    return new Promise((resume) => {
      this.waiting.set(copy, { resume });
      this.stop();
    });
  }

  private go(work: () => Promise<void>): void {
    this.running++;
    void work().then(() => this.stop());
  }

  private stop(): void {
    if (--this.running === 0) this.idle();
  }

  private untilIdle(): Promise<void> {
    return this.running === 0 ? Promise.resolve() : new Promise((resolve) => (this.idle = resolve));
  }
}

const freshState = { pausedAt: "", resumedAt: 0, failuresInRow: 0, window: 0, windowSent: 0, windowFailed: 0 };

/** Takes the steps of copies in every order. Clients and log are afterwards as before. @returns each outcome */
export async function everyOrder(copies: readonly Copy[], conditions: Conditions = (condition) => condition): Promise<Outcome[]> {
  logger.setLogLevel("SILENT");
  try {
    return await takeEveryOrder(copies, conditions);
  } finally {
    for (const client of [dynamodb, sqs, secretsManager]) Reflect.deleteProperty(client, "send");
    logger.setLogLevel("INFO");
  }
}

async function takeEveryOrder(copies: readonly Copy[], conditions: Conditions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const begun: number[][] = [[]];
  for (let order = begun.pop(); order; order = begun.pop()) {
    clearSecrets();
    const race = new Race(copies, conditions);
    await race.start();
    for (const copy of order) await race.step(copy);
    for (let taken = order; race.waiting.size > 0;) {
      const [next, ...others] = race.waiting.keys();
      for (const other of others) begun.push([...taken, other]);
      await race.step(next);
      taken = [...taken, next];
    }
    outcomes.push(race.end());
  }
  return outcomes;
}

export const statusOf = (item: Item | undefined) => item?.[DeliveryAttribute.status]?.S as DeliveryStatus | undefined;
export const generationOf = (item: Item | undefined) => item?.[DeliveryAttribute.generation]?.S;
