import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Variable } from "../../../domain/variables";
import { readPause, writePause, writeResume } from "../../../cli/destinations/state";
import { stackConnection } from "../../../cli/lib/target";
import { connect, type Wire } from "../sdk";
import type { MatrixDestination } from "../settings";
import type { DeliveryWorld } from "./world";

const minute = 60_000;

/** What an operator does, with the commands' own calls. */
export class DeliveryOperator {
  /** Number of destinations that were resumed. */
  resumed = 0;
  private readonly table: { dynamodb: DynamoDBClient; deliveriesTableName: string };

  private constructor(private readonly world: DeliveryWorld) {
    this.table = {
      dynamodb: new DynamoDBClient(stackConnection("eu-central-1")),
      deliveriesTableName: process.env[Variable.deliveriesTable]!,
    };
  }

  static async of(world: DeliveryWorld): Promise<DeliveryOperator> {
    const operator = new DeliveryOperator(world);
    const wire: Wire = {
      answer: (action, parameters) => world.answer("operator", action, parameters),
      onRetry: () => world.sdkRetries++,
      onSilence: (milliseconds) => milliseconds,
      onCrash: () => {},
    };
    await connect(operator.table.dynamodb, () => wire);
    return operator;
  }

  /** Pauses a destination, as `destinations pause` does. */
  async pause(name: MatrixDestination): Promise<void> {
    await writePause(this.table, name, "moving");
    await this.world.run({ command: "follow", destination: name });
  }

  /** Resumes a destination, as `destinations resume` does. */
  async resume(name: MatrixDestination): Promise<void> {
    if (!(await writeResume(this.table, name))) return;
    this.resumed += 1;
    await this.world.run({ command: "follow", destination: name });
  }

  /** Resumes what its endpoint has paused, five minutes after the faults are over, as the alarm's runbook says. */
  attend(names: readonly MatrixDestination[]): void {
    const { clock, faults } = this.world;
    clock.spawn(async () => {
      for (;;) {
        await clock.wait(5 * minute);
        for (const name of names) if (faults.areOver && (await readPause(this.table, name))?.by === "endpoint") await this.resume(name);
      }
    });
  }
}
