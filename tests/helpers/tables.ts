import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  type AttributeValue,
  type ConsumedCapacity,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { DeliveryAttribute, undeliveredIndex } from "../../domain/destinations";
import { Attribute } from "../../domain/event";
import { Variable } from "../../domain/variables";
import { dynamodb } from "../../handlers/aws/dynamodb";
import { freePort } from "./unguarded";

type Item = Record<string, AttributeValue>;
type Send = (command: { input: object }) => Promise<unknown>;
const { send } = Object.getPrototypeOf(DynamoDBClient.prototype) as { send: Send };
const binary = "node_modules/@dynoxide/linux-x64/dynoxide";

/** The tables of events and deliveries in somebody else's emulator, which checks expressions and counts units. The functions' client uses it. */
export class Tables {
  /** Called before each call of the function; it may throw. @param call such as `PutItem` */
  before: (call: string, input: Record<string, unknown>) => void | Promise<void> = () => {};
  /** Called after each call, whose answer is lost if it throws. */
  after: (call: string, input: Record<string, unknown>) => void | Promise<void> = () => {};
  /** Capacity units of the function's calls, in order: of the table, and of all indexes together. */
  readonly units: { call: string; table: number; indexes: number }[] = [];
  #process!: ChildProcess;
  #client!: DynamoDBClient;

  async start(): Promise<void> {
    const port = await freePort();
    this.#process = spawn(binary, ["serve", "--port", String(port)], { stdio: "ignore" });
    this.#client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1 });
    await this.#untilReady();
    await this.#send(new CreateTableCommand(table(this.events, Attribute.transactionId)));
    await this.#send(new CreateTableCommand(deliveries(this.deliveries)));
    Object.assign(dynamodb, { send: (command: Parameters<Send>[0]) => this.#call(command) });
  }

  stop(): void {
    Reflect.deleteProperty(dynamodb, "send");
    this.#client.destroy();
    this.#process.kill();
  }

  readonly events = process.env[Variable.tableName]!;
  readonly deliveries = process.env[Variable.deliveriesTable]!;

  async put(TableName: string, Item: Item): Promise<void> {
    await this.#send(new PutItemCommand({ TableName, Item }));
  }

  /** Returns an item of the table of deliveries: a row, or a destination's state. */
  async delivery(id: string): Promise<Item | undefined> {
    const Key = { [DeliveryAttribute.id]: { S: id } };
    const command = new GetItemCommand({ TableName: this.deliveries, Key, ConsistentRead: true });
    return ((await this.#send(command)) as { Item?: Item }).Item;
  }

  async #call(command: Parameters<Send>[0]): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, "");
    const input = command.input as Record<string, unknown>;
    await this.before(name, input);
    const answer = await this.#send(Object.assign(command, { input: { ...input, ReturnConsumedCapacity: "INDEXES" } }));
    this.units.push({ call: name, ...unitsIn((answer as { ConsumedCapacity: ConsumedCapacity }).ConsumedCapacity) });
    await this.after(name, input);
    return answer;
  }

  #send(command: Parameters<Send>[0]): Promise<unknown> {
    return send.call(this.#client, command);
  }

  async #untilReady(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (await this.#send(new ListTablesCommand({})).then(Boolean, () => false)) return;
      await sleep(50);
    }
    throw new Error("The emulator does not answer.");
  }
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

function deliveries(name: string): CreateTableCommandInput {
  const { name: IndexName, hashKey, rangeKey, attributes } = undeliveredIndex;
  const base = table(name, DeliveryAttribute.id);
  return {
    ...base,
    AttributeDefinitions: [
      ...base.AttributeDefinitions!,
      { AttributeName: hashKey, AttributeType: "S" },
      { AttributeName: rangeKey, AttributeType: "S" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName,
        KeySchema: [
          { AttributeName: hashKey, KeyType: "HASH" },
          { AttributeName: rangeKey, KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...attributes] },
      },
    ],
  };
}
