import { clearCredentials } from "../../handlers/credentials";
import { Status } from "../../domain/event";
import { Metric, MetricDimension } from "../../domain/metrics";
import { Variable } from "../../domain/variables";
import type { Signing } from "../../local/signing";
import { raisedAlarms, type Raised } from "./alarms";
import { Clock } from "./clock";
import type { Fault } from "./faults";
import { connectHandlers, functionThatWrites } from "./functions";
import { brokenGuarantees, idsWithStatus, Watch } from "./guarantees";
import { operate } from "./operator";
import type { Remedies } from "./cloud";
import { Pipeline } from "./pipeline";
import type { MatrixSettings } from "./settings";
import { sendTraffic, transactionIdOf } from "./traffic";

/** The outcome of a run. */
export interface Result {
  /** Broken guarantees. */
  broken: string[];
  /** Number of each call. */
  calls: Map<string, number>;
  remedies: Remedies;
  /** Events that ended FAILED, with their dead letters, before an operator redrove them. */
  failed: number;
  /** Milliseconds from an event's first sending until it was PROCESSED or FAILED, by transaction ID. */
  took: Map<string, number>;
  alarms: Raised[];
  /** Time when the last planned fault first struck, in epoch milliseconds. */
  struckAt: number | undefined;
}

const hour = 3_600_000;
/** A full hour of today, because the signing certificate begins today. */
const start = Math.floor(Date.now() / hour) * hour;
/** Latest end of a run. */
const latest = start + 12 * hour;

/** Sends the traffic while these faults strike, waits until the pipeline is idle, lets an operator redrive FAILED events, and checks every
 * guarantee. */
export async function runWith(settings: MatrixSettings, signing: Signing, faults: readonly Fault[]): Promise<Result> {
  await connectHandlers();
  clearCredentials();
  const clock = new Clock(start);
  const output = captureOutput();
  const { random } = Math;
  const shards = process.env[Variable.indexShards];
  process.env[Variable.indexShards] = String(settings.indexShards);
  // The SDK's backoff is random, but equal runs must be equal.
  Math.random = () => 0.5;
  try {
    const watch = new Watch(() => pipeline);
    const pipeline: Pipeline = new Pipeline(clock, settings, faults, watch.onChange);
    pipeline.start();
    const record = sendTraffic(pipeline, signing);
    const isStopped = () => pipeline.pipe.currentState === "STOPPED";
    const isSettled = () =>
      record.waiting === 0 && (isStopped() || idsWithStatus(pipeline, Status.received, Status.processing).length === 0);
    const settle = () => clock.runUntil(isSettled, latest);
    await settle();
    const failed = idsWithStatus(pipeline, Status.failed).length;
    await operate(pipeline, settle);
    const after = clock.now + 5 * 60_000;
    await clock.runUntil(() => clock.now >= after, after);
    output.countMetrics(pipeline, settings);
    const timeOf = (id: string, sentAt: number) => [id, (watch.finishedAt.get(id) ?? Infinity) - sentAt] as const;
    const broken = brokenGuarantees(pipeline, record, watch, output.text());
    return {
      broken,
      calls: pipeline.faults.calls,
      remedies: pipeline.remedies,
      failed,
      took: new Map([...record.sentAt].map(([number, at]) => timeOf(transactionIdOf(number), at))),
      alarms: await raisedAlarms(settings, pipeline.metrics, start, clock.now),
      struckAt: pipeline.faults.striking.at(-1)?.since,
    };
  } finally {
    output.end();
    clock.end();
    Math.random = random;
    process.env[Variable.indexShards] = shards;
  }
}

/** Captures the functions' output and counts its metrics. */
export function captureOutput() {
  const lines: { by: string | undefined; text: string }[] = [];
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  for (const stream of streams)
    stream.write = (chunk: string | Uint8Array) => lines.push({ by: functionThatWrites(), text: String(chunk) }) > 0;
  return {
    text: () => lines.map(({ text }) => text).join(""),
    end: () => streams.forEach((stream, index) => (stream.write = originals[index])),
    countMetrics: (pipeline: Pick<Pipeline, "metrics">, settings: MatrixSettings) => {
      for (const { by, text } of lines) if (by !== undefined && text.includes('"_aws"')) countEmbedded(pipeline, settings, by, text);
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function countEmbedded({ metrics }: Pick<Pipeline, "metrics">, { environment }: MatrixSettings, service: string, text: string): void {
  const line = JSON.parse(text) as { _aws: { Timestamp: number; CloudWatchMetrics: { Metrics: { Name: string }[] }[] } } & Record<
    string,
    unknown
  >;
  const destination = line[MetricDimension.destination] as string | undefined;
  const dimensions = {
    [MetricDimension.environment]: environment,
    [MetricDimension.service]: service,
    ...(destination !== undefined && { [MetricDimension.destination]: destination }),
  };
  for (const { Name } of line._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics))
    for (const value of [line[Name]].flat()) metrics.add(Metric.namespace, Name, dimensions, Number(value), line._aws.Timestamp);
}
