import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute, Status } from "../domain/event";
import { ChangedItems } from "./changes";
import type { Clients } from "./clients";
import { scanTable } from "./scan";

type Item = Record<string, AttributeValue>;

const finished: readonly string[] = [Status.processed, Status.failed];
const attributes = [
  Attribute.transactionId,
  Attribute.status,
  Attribute.kind,
  Attribute.receivedAt,
  Attribute.claimedAt,
  Attribute.finishedAt,
  Attribute.normalized,
  Attribute.error,
];

/** Shows every event at each change of its status, which the table's stream reports. */
export class Watcher {
  private readonly seen = new Map<string, string>();
  /** Transaction IDs of events that an earlier run has kept. */
  private readonly kept = new Set<string>();
  private readonly changes: ChangedItems;

  constructor(
    private readonly clients: Clients,
    private readonly tableName: string,
    private readonly show: (line: string) => void,
  ) {
    this.changes = new ChangedItems(clients, tableName, Attribute.transactionId);
  }

  /** Passes over the events that are there, which an earlier run has kept. */
  async skip(): Promise<void> {
    await this.changes.begin();
    const items = await scanTable(this.clients.dynamodb, this.tableName, [Attribute.transactionId, Attribute.status]);
    for (const item of items) this.seen.set(item[Attribute.transactionId].S!, item[Attribute.status].S!);
    for (const id of this.seen.keys()) this.kept.add(id);
  }

  /** Reads the events that have changed since the last look, and shows those whose status is another one. */
  async look(): Promise<void> {
    for (const item of await this.readChanged()) {
      const id = item[Attribute.transactionId].S!;
      const status = item[Attribute.status].S!;
      if (this.seen.get(id) === status) continue;
      this.seen.set(id, status);
      this.show(describe(item));
    }
  }

  /** Returns the status of an event at the last look. */
  statusOf(transactionId: string): string | undefined {
    return this.seen.get(transactionId);
  }

  isFinished(transactionId: string): boolean {
    return finished.includes(this.seen.get(transactionId) ?? "");
  }

  /** Counts the events at the last look. */
  get size(): number {
    return this.seen.size;
  }

  /** Counts the events that are not finished at the last look: those of an earlier run, and those of this one. */
  get open(): { kept: number; own: number } {
    const open = [...this.seen].filter(([, status]) => !finished.includes(status)).map(([id]) => id);
    const kept = open.filter((id) => this.kept.has(id)).length;
    return { kept, own: open.length - kept };
  }

  private async readChanged(): Promise<Item[]> {
    const items = await this.changes.read(attributes);
    // A token that waits for an operator is no event.
    return items
      .filter((item) => item[Attribute.status] !== undefined)
      .sort((a, b) => (a[Attribute.receivedAt].S! < b[Attribute.receivedAt].S! ? -1 : 1));
  }
}

/** Returns one line: the event, its status, and how long the stage before took. */
function describe(item: Item): string {
  const status = item[Attribute.status].S!;
  const at = (attribute: string) => Date.parse(item[attribute]?.S ?? "");
  const stages: Record<string, [string, string]> = {
    [Status.processing]: [Attribute.receivedAt, Attribute.claimedAt],
    [Status.processed]: [Attribute.claimedAt, Attribute.finishedAt],
    [Status.failed]: [Attribute.claimedAt, Attribute.finishedAt],
  };
  const stage = stages[status];
  const milliseconds = stage ? at(stage[1]) - at(stage[0]) : 0;
  const total = stage && status !== Status.processing ? `, ${at(stage[1]) - at(Attribute.receivedAt)} ms in all` : "";
  const took = stage ? `+${milliseconds} ms${total}` : "stored";
  return `  ${status.padEnd(10)} ${item[Attribute.transactionId].S!}  ${took}${meaningOf(item)}`;
}

function meaningOf(item: Item): string {
  if (item[Attribute.error]?.S) return `  ${item[Attribute.error].S}`;
  const normalized = item[Attribute.normalized]?.M;
  if (!normalized || item[Attribute.status].S !== Status.processed) return "";
  const amount = normalized.amount?.M;
  const money = amount
    ? ` ${(Number(amount.value.N) / 10 ** Number(amount.exponent.N)).toFixed(Number(amount.exponent.N))} ${amount.currency.S}`
    : "";
  return `  ${item[Attribute.kind].S}${money}`;
}
