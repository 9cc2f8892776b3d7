import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
  type ConsumedCapacity,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { DeliveryAttribute, undeliveredIndex } from "../../domain/destinations";
import { Attribute } from "../../domain/event";
import { Variable } from "../../domain/variables";
import { dynamodb } from "../../handlers/aws/dynamodb";
import { DeliveriesTable, type Command } from "../../testbed/destinations/deliveriesTable";
import { startDynamodb, unavailable, type EmulatedDynamodb } from "./emulatedDynamodb";

type Item = Record<string, AttributeValue>;

/**
 * The tables of events and deliveries for the function's client: in somebody else's emulator, or in memory where that does not run.
 * tests/testbed/destinations/deliveriesTable.spec.ts compares the two.
 */
export class Tables {
  readonly events = process.env[Variable.tableName]!;
  readonly deliveries = process.env[Variable.deliveriesTable]!;
  /** Called before each call of the function; it may throw. @param call such as `PutItem` */
  before: (call: string, input: Record<string, unknown>) => void | Promise<void> = () => {};
  /** Called after each call, whose answer is lost if it throws. */
  after: (call: string) => void | Promise<void> = () => {};
  /** Capacity units of the function's calls, in order: of the table, and of all indexes together. The tables in memory count none. */
  readonly units: { call: string; table: number; indexes: number }[] = [];
  #emulator!: EmulatedDynamodb;

  async start(): Promise<void> {
    this.#emulator = unavailable ? inMemory(this.events) : await startDynamodb();
    await this.#emulator.send(new CreateTableCommand(table(this.events, Attribute.transactionId)));
    await this.#emulator.send(new CreateTableCommand(deliveriesTable(this.deliveries)));
    Object.assign(dynamodb, { send: (command: Command) => this.#call(command) });
  }

  stop(): void {
    Reflect.deleteProperty(dynamodb, "send");
    this.#emulator.stop();
  }

  async put(TableName: string, Item: Item): Promise<void> {
    await this.#emulator.send(new PutItemCommand({ TableName, Item }));
  }

  /** Returns an item of the table of deliveries: a row, or a destination's state. */
  async delivery(id: string): Promise<Item | undefined> {
    const Key = { [DeliveryAttribute.id]: { S: id } };
    const command = new GetItemCommand({ TableName: this.deliveries, Key, ConsistentRead: true });
    return ((await this.#emulator.send(command)) as { Item?: Item }).Item;
  }

  async #call(command: Command): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, "");
    const input = command.input as Record<string, unknown>;
    await this.before(name, input);
    const answer = await this.#emulator.send(Object.assign(command, { input: { ...input, ReturnConsumedCapacity: "INDEXES" } }));
    const { ConsumedCapacity: consumed } = answer as { ConsumedCapacity?: ConsumedCapacity };
    if (consumed) this.units.push({ call: name, ...unitsIn(consumed) });
    await this.after(name);
    return answer;
  }
}

function inMemory(events: string): EmulatedDynamodb {
  const stored = new DeliveriesTable(() => {}, Attribute.transactionId);
  const deliveries = new DeliveriesTable();
  const send = async (command: Command) => {
    if (command.constructor.name === "CreateTableCommand") return {};
    return ((command.input as { TableName: string }).TableName === events ? stored : deliveries).answer(command);
  };
  return { send: (command) => send(command as Command), stop: () => {} };
}

function unitsIn({ CapacityUnits = 0, Table }: ConsumedCapacity): { table: number; indexes: number } {
  const table = Table?.CapacityUnits ?? CapacityUnits;
  return { table, indexes: CapacityUnits - table };
}

const table = (TableName: string, key: string): CreateTableCommandInput => ({
  TableName,
  KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
});

/** Returns the table of deliveries as DynamoDB's API defines it. */
export function deliveriesTable(name: string): CreateTableCommandInput {
  const { name: IndexName, hashKey, rangeKey, attributes } = undeliveredIndex;
  const base = table(name, DeliveryAttribute.id);
  const keys = [
    { AttributeName: hashKey, KeyType: "HASH" as const },
    { AttributeName: rangeKey, KeyType: "RANGE" as const },
  ];
  return {
    ...base,
    AttributeDefinitions: [
      ...base.AttributeDefinitions!,
      ...keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: "S" as const })),
    ],
    GlobalSecondaryIndexes: [{ IndexName, KeySchema: keys, Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...attributes] } }],
  };
}
