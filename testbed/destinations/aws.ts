import { randomBytes } from "node:crypto";
import { DeliveryAttribute, DeliveryStatus } from "../../domain/destinations";
import { Attribute } from "../../domain/event";
import { Variable } from "../../domain/variables";
import { dynamodb } from "../../handlers/aws/dynamodb";
import { lambda } from "../../handlers/aws/lambda";
import { secretsManager } from "../../handlers/aws/secretsManager";
import { sqs } from "../../handlers/aws/sqs";
import type { Change, Item, TableCall } from "../matrix/eventsTable";
import { DeliveriesTable, type Command } from "./deliveriesTable";
import type { SimulatedDestination } from "./destination";

const clients = [dynamodb, lambda, secretsManager, sqs];
const secret = JSON.stringify({ secret: `whsec_${randomBytes(24).toString("base64")}` });
const arnPrefix = "arn:aws:sqs:eu-central-1:123456789012:";

/** Returns the ARN of a destination's queue. */
export const queueArn = (name: string): string => `${arnPrefix}webhook-to-${name}-test`;

/** AWS as the function's clients see it. The wire is left out: two hundred thousand deliveries would take minutes with it. */
export class SimulatedAws {
  readonly #deliveries = new DeliveriesTable((change) => this.#shorten(change));
  /** Keys of rows that are DELIVERED, which take the place of the rows: so many would fill the memory. */
  readonly #delivered = new Set<string>();

  constructor(private readonly destinations: ReadonlyMap<string, SimulatedDestination>) {
    for (const client of clients)
      Object.assign(client, { send: (command: Command) => Promise.resolve().then(() => this.#answer(command)) });
  }

  /** Gives the clients back. */
  end(): void {
    for (const client of clients) Reflect.deleteProperty(client, "send");
  }

  /** Number of rows that are DELIVERED. */
  get deliveredRows(): number {
    return this.#delivered.size;
  }

  /** Returns the items of destinations and of deliveries that are not DELIVERED, by their keys. */
  get items(): ReadonlyMap<string, Item> {
    return this.#deliveries.table.items;
  }

  #answer(command: Command): object {
    const { name } = command.constructor;
    const input = command.input as Record<string, string>;
    if (name === "GetSecretValueCommand") return { SecretString: secret };
    if (name.includes("EventSourceMapping")) return this.#answerMapping(name, input);
    if ("QueueUrl" in input) return this.#answerQueue(name, input);
    const { TableName, Key, Item: row } = command.input as Partial<TableCall> & { TableName: string };
    if (TableName === process.env[Variable.tableName]) return { Item: eventItem(Key![Attribute.transactionId].S!) };
    const id = (row ?? Key)?.[DeliveryAttribute.id].S;
    if (id === undefined || !this.#delivered.has(id)) return this.#deliveries.answer(command);
    if (name === "GetItemCommand") return { Item: deliveredItem };
    throw new Error(`The simulation keeps no more of ${id} than that it is DELIVERED: no ${name}.`);
  }

  #answerMapping(name: string, { UUID, Enabled }: Record<string, unknown>): object {
    const all = [...this.destinations.values()];
    if (name === "ListEventSourceMappingsCommand")
      return { EventSourceMappings: all.map((one) => ({ UUID: one.name, State: one.mapping, EventSourceArn: queueArn(one.name) })) };
    this.destinations.get(UUID as string)!.setMapping(Enabled as boolean);
    return {};
  }

  #answerQueue(call: string, { QueueUrl, ReceiptHandle, VisibilityTimeout }: Record<string, string>): object {
    const [, name] = /webhook-to-(.+?)(?:-dead-letters)?-test$/.exec(QueueUrl)!;
    const destination = this.destinations.get(name)!;
    const { queue } = destination;
    switch (call) {
      case "ReceiveMessageCommand":
        return {
          Messages: queue
            .receive(1)
            .map(({ id, body, sentAt }) => ({ Body: body, ReceiptHandle: id, Attributes: { SentTimestamp: String(sentAt) } })),
        };
      case "GetQueueAttributesCommand":
        return { Attributes: { ApproximateNumberOfMessages: String(queue.visible) } };
      case "ChangeMessageVisibilityCommand":
        queue.hide(ReceiptHandle, Number(VisibilityTimeout));
        break;
      case "DeleteMessageCommand":
        queue.delete(ReceiptHandle);
        break;
      case "SendMessageCommand":
        if (!QueueUrl.endsWith("-dead-letters-test")) throw new Error(`The simulation sends nothing to ${QueueUrl}.`);
        destination.deadLetters += 1;
        break;
      default:
        throw new Error(`The simulation knows no ${call}.`);
    }
    return {};
  }

  #shorten({ id, after }: Change): void {
    if (after[DeliveryAttribute.status]?.S !== DeliveryStatus.delivered) return;
    this.#delivered.add(id);
    this.#deliveries.table.items.delete(id);
  }
}

/** What the function reads of a row that is DELIVERED, if the event was delivered once. */
const deliveredItem: Item = { [DeliveryAttribute.status]: { S: DeliveryStatus.delivered }, [DeliveryAttribute.generation]: { S: "" } };

/** Returns the stored event of any transaction ID. */
function eventItem(transactionId: string): Item {
  return {
    [Attribute.transactionId]: { S: transactionId },
    [Attribute.source]: { S: "stripe" },
    [Attribute.eventType]: { S: "payment_intent.succeeded" },
    [Attribute.kind]: { S: "payment.succeeded" },
    [Attribute.occurredAt]: { S: "2026-01-31T12:00:00.000Z" },
    [Attribute.receivedAt]: { S: "2026-01-31T12:00:00.500Z" },
  };
}
