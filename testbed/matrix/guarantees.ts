import { Attribute, indexes, Status } from "../../domain/event";
import { staleSeconds, type DeadLetter } from "../../domain/processing";
import type { Pipeline } from "./pipeline";
import type { Change } from "./eventsTable";
import { canary, transactionIdOf, type SourceRecord } from "./traffic";

const statusOf = (item: Change["after"] | undefined) => item?.[Attribute.status].S;

/** Watches every write for states that must never exist, even briefly. */
export class Watch {
  readonly broken: string[] = [];
  readonly processed = new Map<string, number>();
  /** Time when an event first became PROCESSED or FAILED, in epoch milliseconds. */
  readonly finishedAt = new Map<string, number>();
  private readonly requeuedAt = new Map<string, number>();

  /** @param pipeline returns the watched pipeline, which is created later */
  constructor(private readonly pipeline: () => Pipeline) {}

  readonly onChange = ({ id, before, after }: Change): void => {
    const { published, clock } = this.pipeline();
    const [was, is] = [statusOf(before), statusOf(after)];
    this.broken.push(...faultsOfIndexes(after).map((what) => `${id} ${what}`));
    if (is === Status.processed || is === Status.failed) this.finishedAt.set(id, this.finishedAt.get(id) ?? clock.now);
    if (is === Status.received) this.requeuedAt.set(id, clock.now);
    const payload = after[Attribute.payloadKey]?.S;
    if (payload !== undefined && !this.pipeline().bucket.has(payload)) this.broken.push(`${id} points to a missing payload`);
    if (was === Status.processed && is !== Status.processed) this.broken.push(`${id} leaves PROCESSED`);
    if (is === Status.processed && was !== Status.processed) {
      this.processed.set(id, (this.processed.get(id) ?? 0) + 1);
      if (!published.some(({ event }) => event.transactionId === id)) this.broken.push(`${id} is PROCESSED before it is published`);
    }
    if (is === Status.failed && was !== Status.failed) {
      if (!deadLettersOf(this.pipeline(), id, this.requeuedAt.get(id))) this.broken.push(`${id} is FAILED before its dead letter is sent`);
      if (after[Attribute.error]?.S === undefined) this.broken.push(`${id} is FAILED without an error`);
    }
  };
}

/** Lists what is wrong with an item's place in the indexes: the reconciler, a list or a redrive would miss it. */
function faultsOfIndexes(item: Change["after"]): string[] {
  const status = statusOf(item)!;
  const isIn = ({ hashKey, rangeKey }: (typeof indexes)[keyof typeof indexes]) =>
    item[hashKey] !== undefined && item[rangeKey] !== undefined;
  const isOpen = status === Status.received || status === Status.processing;
  const belongs = { open: isOpen, byTime: !isOpen, failed: status === Status.failed };
  const names = Object.keys(belongs) as (keyof typeof belongs)[];
  const wrong = names
    .filter((name) => isIn(indexes[name]) !== belongs[name])
    .map((name) => `is ${status} and ${belongs[name] ? "not " : ""}in ${indexes[name].name}`);
  const waitsSince = Date.parse((item[Attribute.requeuedAt] ?? item[Attribute.receivedAt]).S!);
  const stuckAt = status === Status.received ? waitsSince + staleSeconds * 1_000 : Number(item[Attribute.leaseUntil]?.N);
  return isOpen && Number(item[Attribute.dueAt]?.N) > stuckAt ? [...wrong, "is stuck before the reconciler looks at it"] : wrong;
}

/** Counts an event's dead letters. @param since epoch milliseconds */
export function deadLettersOf({ queue }: Pipeline, id: string, since = 0): number {
  return queue.messages.filter(({ body, sentAt }) => sentAt >= since && (JSON.parse(body) as Partial<DeadLetter>).transactionId === id)
    .length;
}

export const idsWithStatus = ({ table }: Pipeline, ...statuses: Status[]): string[] =>
  [...table.items].filter(([, item]) => statuses.includes(statusOf(item) as Status)).map(([id]) => id);

/** Lists the broken guarantees at the end of a run, numbered as in docs/reliability.md. */
export function brokenGuarantees(pipeline: Pipeline, record: SourceRecord, watch: Watch, output: string): string[] {
  const broken = [...record.wrong, ...watch.broken];
  const say = (guarantee: number, what: string) => broken.push(`${guarantee}: ${what}`);

  const sent = new Set([...record.acknowledged.keys()].map(transactionIdOf));
  for (const id of sent) if (!pipeline.table.items.has(id)) say(1, `${id} was acknowledged and is not stored`);
  for (const [number, ids] of record.acknowledged)
    if (ids.some((id) => id !== transactionIdOf(number))) say(2, `copies of ${transactionIdOf(number)} have other IDs`);
  for (const [id, count] of watch.processed) if (count > 1) say(2, `${id} was processed ${count} times`);
  for (const id of pipeline.table.items.keys()) if (!sent.has(id)) say(3, `${id} is stored and was never acknowledged`);
  for (const id of idsWithStatus(pipeline, Status.failed)) say(4, `${id} is still FAILED after a redrive`);
  for (const id of sent) if (deadLettersOf(pipeline, id) > 0) say(4, `${id} keeps a dead letter after a redrive`);
  for (const id of idsWithStatus(pipeline, Status.received, Status.processing)) say(5, `${id} is stuck`);
  for (const id of idsWithStatus(pipeline, Status.processed))
    if (!pipeline.published.some(({ event }) => event.transactionId === id)) say(6, `${id} was never published`);
  for (const [where, text] of Object.entries(placesToSearch(pipeline, output)))
    for (const secret of [canary, ...record.secrets])
      if (text.includes(secret)) say(7, `${secret === canary ? "a payload" : "a secret or signature"} is in ${where}`);
  return broken;
}

/** Returns all texts that people and other services see. */
function placesToSearch({ history, queue, published }: Pipeline, output: string): Record<string, string> {
  return {
    "the log": output,
    "the execution history": JSON.stringify(history),
    "a dead letter": JSON.stringify(queue.messages),
    "a published event": JSON.stringify(published),
  };
}
