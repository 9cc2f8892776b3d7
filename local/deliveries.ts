import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DeliveryAttribute, deliveryId, DeliveryStatus } from "../domain/destinations";
import { rowIn, stateIn, type DestinationState, type Row } from "../handlers/deliver/items";
import { ChangedItems } from "./changes";
import type { Clients } from "./clients";
import { countInQueue } from "./messageCounts";

/** Shows what becomes of each delivery, and when a destination is paused or resumed, from the table of deliveries. */
export class DeliveryWatcher {
  private readonly changes: ChangedItems;
  private readonly paused = new Set<string>();
  private readonly delivered = new Set<string>();

  /** @param isShown tells whether what a destination accepts is shown; all else always is */
  constructor(
    private readonly clients: Clients,
    private readonly tableName: string,
    private readonly show: (line: string) => void,
    private readonly isShown: (destination: string) => boolean,
  ) {
    this.changes = new ChangedItems(clients, tableName, DeliveryAttribute.id);
  }

  /** Begins with the changes that come after this call, and shows which destinations an earlier run has left paused. */
  async begin(destinations: readonly string[]): Promise<void> {
    await this.changes.begin();
    for (const name of destinations) {
      const Key = { [DeliveryAttribute.id]: { S: name } };
      const { Item } = await this.clients.dynamodb.send(new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true }));
      this.noteState(name, stateIn(Item));
    }
  }

  /** Reads what has changed since the last look, and shows what is new. */
  async look(): Promise<void> {
    for (const item of await this.changes.read(Object.values(DeliveryAttribute))) {
      if (DeliveryAttribute.transactionId in item) this.noteDelivery(rowIn(item));
      else this.noteState(item[DeliveryAttribute.id].S!, stateIn(item));
    }
  }

  /** Counts the events of these IDs that were delivered to a destination. */
  countDelivered(destination: string, transactionIds: readonly string[]): number {
    return transactionIds.filter((id) => this.delivered.has(deliveryId(destination, id))).length;
  }

  private noteDelivery(row: Row): void {
    const { destination, status, transactionId: id } = row;
    if (status === DeliveryStatus.delivered) this.delivered.add(deliveryId(destination, id));
    if (status === DeliveryStatus.delivered && !this.isShown(destination)) return;
    this.show(describeDelivery(row));
  }

  /** Shows a change of the pause: the state also counts failures. */
  private noteState(destination: string, { paused, pauseReason: reason }: DestinationState): void {
    if (this.paused.has(destination) === (paused !== undefined)) return;
    if (paused) this.paused.add(destination);
    else this.paused.delete(destination);
    const ends =
      paused === "breaker" ? "One event is tried each minute." : `Resume it: npx webhook-pipeline destinations resume ${destination}`;
    this.show(
      paused ? line("PAUSED", destination, `${sentence(reason ?? "An operator has paused it")} ${ends}`) : line("RESUMED", destination),
    );
  }
}

/** Ends what an operator has given as a reason as a sentence ends. */
const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

const line = (word: string, ...rest: string[]) => `  ${word.padEnd(10)} ${rest.join("  ")}`;

/** Returns one line: the event, the destination, and what became of the last attempt. */
function describeDelivery({ destination, transactionId: id, status, trigger, attempts, history, nextAt, error = "" }: Row): string {
  const { at, durationMs = 0, status: answer } = history.at(-1) ?? {};
  const to = `to ${destination}${trigger === "event" ? "" : ` (${trigger})`}`;
  if (status === DeliveryStatus.delivered) {
    const which = attempts > 1 ? `, attempt ${attempts}` : "";
    return line("DELIVERED", id, `${to}: ${answer} in ${durationMs} ms${which}`);
  }
  if (status === DeliveryStatus.failed) return line("FAILED", id, `${to}: ${error}`);
  if (nextAt === undefined) return line("WAITING", id, `${to}: ${error} It waits until the destination is resumed.`);
  const seconds = Math.round((nextAt - Date.parse(at ?? "") - durationMs) / 1_000);
  return line("RETRYING", id, `${to}: ${error} Tried again in ${seconds} s.`);
}

/** Counts the messages that wait for a delivery. */
export async function countWaiting(clients: Clients, queueUrls: readonly string[]): Promise<number> {
  const counts = await Promise.all(queueUrls.map((queueUrl) => countInQueue(clients, queueUrl)));
  return counts.reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
}
