import { DeliveryAttribute } from "../../../domain/destinations";
import { Attribute } from "../../../domain/event";
import type { TableCall } from "../eventsTable";

/** Names a call of the function: its operation, and what it reads or writes. */
export function callName(action: string, parameters: Record<string, unknown>): string {
  const [, operation] = action.split(":");
  const what = subjectOf(operation, parameters as unknown as TableCall);
  return what === undefined ? operation : `${operation} (${what})`;
}

function subjectOf(operation: string, { Key, Item, UpdateExpression }: TableCall): string | undefined {
  switch (operation) {
    case "GetItem":
      if (Key[Attribute.transactionId]) return "event";
      return Key[DeliveryAttribute.id].S!.includes("#") ? "row" : "state";
    case "PutItem":
      return Item[DeliveryAttribute.status].S;
    case "UpdateItem":
      return stateChanges.find(([, part]) => UpdateExpression.includes(part))?.[0];
    default:
      return undefined;
  }
}

/** Changes of a destination's state, by a part of their expression. */
const stateChanges: [name: string, part: string][] = [
  ["resume", "REMOVE #paused"],
  ["pause", "#paused = :"],
  ["count a failure", "#windowFailed"],
  ["end failures", "#failuresInRow = :zero"],
];
