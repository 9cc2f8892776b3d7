import { setTimeout as sleep } from "node:timers/promises";
import { Attribute, Status } from "../../domain/event";
import { UserError } from "../../domain/userError";
import { createClients } from "../../local/clients";
import type { LocalPipeline } from "../../local/pipeline";
import { freshSample } from "../../local/samples";
import { scanTable } from "../../local/scan";
import { withPipeline } from "../../testbed/localPipeline";
import { postUntilAnswered } from "../../testbed/postUntilAnswered";
import { percentile, type Figure } from "./samples";

const settleTimeoutMs = 120_000;

export interface SentEvent {
  id: string;
  at: number;
  acknowledgedAfter: number;
}

/** Measures the pipeline on the local run with a growing number of clients: acknowledged events a second, and an event's time. */
export async function measurePipeline({ events, clients }: { events: number; clients: readonly number[] }): Promise<Figure[]> {
  return withPipeline("bench", async (pipeline) => {
    await sendEvents(pipeline, 20, 2);
    const figures: Figure[] = [];
    for (const count of clients) figures.push(...(await measureWith(pipeline, events, count)));
    return figures;
  });
}

async function measureWith(pipeline: LocalPipeline, events: number, clients: number): Promise<Figure[]> {
  const started = performance.now();
  const sent = await sendEvents(pipeline, events, clients);
  const seconds = (performance.now() - started) / 1_000;
  const finished = await finishedEvents(pipeline, sent);
  const acknowledged = sent.map(({ acknowledgedAfter }) => acknowledgedAfter);
  const endToEnd = sent.map(({ id, at }) => finished.get(id)! - at);
  const of = `${clients} client${clients === 1 ? "" : "s"}`;
  const time = (id: string, what: string, values: number[], part: number): Figure => ({
    id: `pipeline-${id}-p${part * 100}-${clients}`,
    what: `${what} p${part * 100}, ${of}`,
    value: percentile(values, part),
    unit: "ms",
  });
  return [
    { id: `pipeline-rate-${clients}`, what: `Acknowledged, ${of}`, value: events / seconds, unit: "events/s" },
    ...[0.5, 0.99].map((part) => time("acknowledged", "Acknowledgment", acknowledged, part)),
    ...[0.5, 0.99].map((part) => time("processed", "End to end", endToEnd, part)),
  ];
}

/** Sends events. Each client sends one at a time, again if the pipeline asks for it. @throws UserError if an event is not acknowledged */
export async function sendEvents(pipeline: LocalPipeline, events: number, clients: number): Promise<SentEvent[]> {
  const sent: SentEvent[] = [];
  let left = events;
  const work = async () => {
    while (left-- > 0) {
      const at = Date.now();
      const started = performance.now();
      const { status, text, transactionId } = await postUntilAnswered(pipeline, "stripe", freshSample("stripe"));
      if (status !== 202) throw new UserError(`The pipeline answered ${status}: ${text}`);
      sent.push({ id: transactionId!, at, acknowledgedAfter: performance.now() - started });
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  return sent;
}

/** Waits until all events are PROCESSED. @returns the time of each, in epoch milliseconds @throws UserError after two minutes */
export async function finishedEvents(pipeline: LocalPipeline, sent: readonly SentEvent[]): Promise<Map<string, number>> {
  const { dynamodb } = createClients(pipeline);
  const deadline = Date.now() + settleTimeoutMs;
  for (;;) {
    const items = await scanTable(dynamodb, pipeline.outputs.tableName, [Attribute.transactionId, Attribute.status, Attribute.finishedAt]);
    const processed = items.filter((item) => item[Attribute.status].S === Status.processed);
    const finished = new Map(processed.map((item) => [item[Attribute.transactionId].S!, Date.parse(item[Attribute.finishedAt].S!)]));
    if (sent.every(({ id }) => finished.has(id))) return finished;
    if (Date.now() > deadline) throw new UserError(`Some events are not PROCESSED after ${settleTimeoutMs / 1_000} s.`);
    await sleep(500);
  }
}
