import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { findEvents } from "../../cli/events/find";
import { readFilters, type FilterValues } from "../../cli/events/filters";
import type { ListedEvent } from "../../cli/events/listed";
import type { Target } from "../../cli/lib/target";
import { createClients, type Clients } from "../../local/clients";
import { runProgram, type Command } from "./commands";
import { userWith, type PipelineUnderTest } from "./pipeline";

/** Somebody who has the stack's output operatorPolicy and nothing else, or the pipeline's owner. */
export class Operator {
  readonly target: Target & Pick<Clients, "pipes">;
  readonly #folder: string;

  private constructor(pipeline: PipelineUnderTest, keys: Partial<Record<"accessKeyId" | "secretAccessKey", string>>) {
    const clients = createClients({ ...pipeline, ...keys });
    const { indexShards, eventArchiveName } = pipeline.outputs;
    const none = { destinations: {}, deliveriesTableName: undefined };
    this.target = { ...clients, ...none, ...pipeline.outputs, indexShards, eventArchiveName: String(eventArchiveName) };
    // As `start` announces a run to other commands.
    this.#folder = mkdtempSync(path.join(tmpdir(), "webhook-operator-"));
    const announced = { pid: process.pid, ...pipeline, clients: undefined, ...keys };
    writeFileSync(path.join(this.#folder, "pipeline.json"), JSON.stringify(announced));
  }

  /**
   * Creates a user with the policy.
   * @param name of the user, which the emulator has once
   * @param more statements for actions whose resource the emulator takes for another one
   */
  static async create(pipeline: PipelineUnderTest, name: string, more: readonly object[] = []): Promise<Operator> {
    const policy = JSON.parse(String(pipeline.outputs.operatorPolicy)) as { Statement: object[] };
    const document = JSON.stringify({ ...policy, Statement: [...policy.Statement, ...more] });
    return new Operator(pipeline, await userWith(pipeline, name, document));
  }

  static owner(pipeline: PipelineUnderTest): Operator {
    return new Operator(pipeline, {});
  }

  /** Runs `events …` on the pipeline as the local run. */
  run(...args: string[]): Command {
    return this.runCommand("events", ...args);
  }

  /** Runs any command on the pipeline as the local run. */
  runCommand(...args: string[]): Command {
    return runProgram(args, { LOCAL_RUN_FOLDER: this.#folder });
  }

  async find(values: FilterValues): Promise<ListedEvent[]> {
    const events = new Map<string, ListedEvent>();
    for await (const event of findEvents(this.target, readFilters(values))) events.set(event.transactionId, event);
    return [...events.values()];
  }

  stop(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
