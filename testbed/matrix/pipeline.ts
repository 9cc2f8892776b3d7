import type { APIGatewayProxyResult } from "aws-lambda";
import { Attribute, Status } from "../../domain/event";
import { apiEvent } from "../handlers";
import type { Clock } from "./clock";
import { SimulatedCloud } from "./cloud";
import { CallFailure, Crash, type Fault } from "./faults";
import { FunctionError, invoke } from "./functions";
import { execute, type ExecutionStatus } from "./machine";
import type { Change } from "./eventsTable";
import type { MatrixSettings } from "./settings";
import { Switch, type StreamPosition } from "./switch";

/** The pipeline in one process and simulated time, with the program's own handlers and definition. */
export class Pipeline extends SimulatedCloud {
  /** Data in all execution histories. */
  readonly history: unknown[] = [];
  readonly pipe: Switch;
  /** All records of the stream, and those that the pipe has not delivered. */
  private readonly records: string[] = [];
  private stream: string[] = [];
  private executions = 0;

  constructor(clock: Clock, settings: MatrixSettings, faults: readonly Fault[], onChange: (change: Change) => void) {
    super(clock, settings, faults, (change) => {
      if (change.after[Attribute.status].S === Status.received) for (const records of [this.records, this.stream]) records.push(change.id);
      onChange(change);
    });
    this.pipe = new Switch(clock);
  }

  /** Posts a request as API Gateway does. A function that fails or does not answer becomes a 5XX. */
  async post(provider: string, body: string, headers: Record<string, string>): Promise<APIGatewayProxyResult> {
    const started = this.clock.now;
    const response = await this.received(apiEvent(provider, body, headers));
    const dimensions = this.settings.dimensions.api;
    this.metrics.add("AWS/ApiGateway", "Latency", dimensions, this.clock.now - started);
    this.metrics.add("AWS/ApiGateway", "5XXError", dimensions, response.statusCode >= 500 ? 1 : 0);
    return response;
  }

  private async received(event: unknown): Promise<APIGatewayProxyResult> {
    try {
      return (await this.faults.through("api: Invoke", undefined, () => invoke(this.lambda, "receive", event))) as APIGatewayProxyResult;
    } catch (error) {
      if (error instanceof CallFailure && error.kind === "throttle") this.countThrottle("receive");
      if (error instanceof CallFailure && error.kind === "timeout") await this.clock.wait(29_000);
      if (error instanceof CallFailure || error instanceof Crash || error instanceof FunctionError)
        return { statusCode: 502, headers: {}, body: "" };
      throw error;
    }
  }

  /** Starts the pipe and the schedule. */
  start(): void {
    this.clock.spawn(async () => {
      for (;;) {
        await this.clock.wait(1_000);
        this.poll();
      }
    });
    this.clock.spawn(async () => {
      for (;;) {
        await this.clock.wait(60_000);
        const { dimensions } = this.settings;
        this.metrics.add("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions.queue, this.queue.messages.length);
        this.clock.spawn(() => this.reconcile());
      }
    });
  }

  /** Starts a stopped pipe. @param from where it continues to read */
  startPipe(from: StreamPosition): void {
    this.pipe.start();
    if (from === "the stream's beginning") this.stream = [...this.records];
    if (from === "the stream's end") this.stream = [];
  }

  private async reconcile(): Promise<void> {
    try {
      await this.faults.through("schedule: Invoke", undefined, () => invoke(this.lambda, "reconcile", {}));
    } catch (error) {
      this.remedies.schedule++;
      if (error instanceof CallFailure && error.kind === "throttle") this.countThrottle("reconcile");
      else if (!(error instanceof FunctionError || error instanceof Crash || error instanceof CallFailure)) throw error;
    }
  }

  /** Reads the stream once and delivers the records, while earlier deliveries may still run. */
  private poll(): void {
    this.clock.spawn(async () => {
      if (this.stream.length === 0 || this.pipe.currentState === "STOPPED") return;
      try {
        const read = () => this.stream.slice(0, this.settings.pipe.batchSize);
        const records = await this.faults.through("pipe: GetRecords", undefined, read);
        this.pipe.note("GetRecords", false);
        this.stream.splice(0, records.length);
        await this.deliver(await this.kept(records));
      } catch (error) {
        if (!(error instanceof CallFailure || error instanceof Crash)) throw error;
        this.pipe.note("GetRecords", isDenial(error));
      }
    });
  }

  /** Removes the records that a fault makes the pipe lose. */
  private async kept(records: readonly string[]): Promise<string[]> {
    const kept: string[] = [];
    for (const id of records)
      await this.faults
        .through("pipe: record", id, () => kept.push(id))
        .catch((error: unknown) => {
          if (!(error instanceof CallFailure)) throw error;
        });
    return kept;
  }

  /** Delivers a batch. After a failure it delivers the halves; a single record is retried until its tries end or the pipe is disabled. */
  private async deliver(batch: readonly string[]): Promise<void> {
    for (let tries = 0; tries <= this.settings.pipe.retries; tries++) {
      if (batch.length === 0) return;
      if (this.pipe.currentState === "STOPPED") return void this.stream.unshift(...batch);
      if (await this.handedOver(batch)) return;
      this.remedies.pipe++;
      await this.clock.wait(Math.min(1_000 * 2 ** tries, 60_000));
      if (batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await this.clock.all([batch.slice(0, half), batch.slice(half)].map((part) => () => this.deliver(part)));
        return;
      }
    }
    this.queue.send(JSON.stringify({ context: "pipe", DDBStreamBatchInfo: { batchSize: batch.length } }));
  }

  private async handedOver(batch: readonly string[]): Promise<boolean> {
    const count = (name: string) => this.metrics.add("AWS/EventBridge/Pipes", name, this.settings.dimensions.pipe, 1);
    try {
      const outcome = await this.faults.through("pipe: StartExecution", undefined, () => this.started(batch));
      this.pipe.note("StartExecution", false);
      if (outcome === undefined || outcome === "SUCCEEDED") return true;
      count(outcome === "TIMED_OUT" ? "ExecutionTimeout" : "ExecutionFailed");
    } catch (error) {
      if (!(error instanceof CallFailure || error instanceof Crash)) throw error;
      this.pipe.note("StartExecution", isDenial(error));
      const kind = error instanceof CallFailure ? error.kind : "crash";
      count(kind === "throttle" ? "ExecutionThrottled" : kind === "timeout" ? "ExecutionTimeout" : "ExecutionFailed");
    }
    return false;
  }

  /** Starts an execution. @returns the outcome of an EXPRESS execution, which the pipe awaits, or `undefined` for a STANDARD one */
  private async started(batch: readonly string[]): Promise<ExecutionStatus | undefined> {
    if (this.settings.express) return this.execution(batch);
    this.clock.spawn(async () => void (await this.execution(batch)));
    return undefined;
  }

  private async execution(batch: readonly string[]): Promise<ExecutionStatus> {
    const input = batch.map((id) => ({ dynamodb: { Keys: { [Attribute.transactionId]: { S: id } } } }));
    const outcome = await execute(this.settings.definition, `execution-${this.executions++}`, input, {
      clock: this.clock,
      call: (state, resource, parameters, timeoutSeconds) => this.call(state, resource, parameters, timeoutSeconds),
      record: (data) => this.history.push(data),
      onRetry: () => this.remedies.workflow++,
    });
    const { workflow } = this.settings.dimensions;
    if (outcome === "FAILED") this.metrics.add("AWS/States", "ExecutionsFailed", workflow, 1);
    if (outcome === "TIMED_OUT") this.metrics.add("AWS/States", "ExecutionsTimedOut", workflow, 1);
    return outcome;
  }
}

const isDenial = (error: unknown) => error instanceof CallFailure && error.kind === "denied";
