import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type BillingMode,
  type ConsumedCapacity,
  type CreateTableCommandInput,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../../handlers/aws/dynamodb";
import type { PutItemCommand as OwnPutItemCommand } from "../../handlers/aws/jsonCommands";
import { receiverDynamodb } from "../../handlers/aws/receiverDynamodb";
import type { ConditionalWrite } from "../../domain/lifecycle";
import { Variable } from "../../domain/variables";
import { Type } from "../../preflight/graph/types";
import { program } from "../../testbed/program";
import { startDynamodb, type EmulatedDynamodb, type Send } from "./emulatedDynamodb";

const TableName = process.env[Variable.tableName];
type Answer = { ConsumedCapacity?: ConsumedCapacity };

/** Write units of a call: of the table, and of each index that it writes. */
export interface Units {
  table: number;
  indexes: Record<string, number>;
}

/** The program's table in somebody else's emulator, which counts the units of indexes, too. The functions' clients write to it. */
export class CountingTable {
  /** Units of each write since the last look. */
  #writes: Units[] = [];
  #emulator!: EmulatedDynamodb;

  async start(): Promise<void> {
    this.#emulator = await startDynamodb();
    await this.#send(new CreateTableCommand(await tableOfProgram()));
    Object.assign(dynamodb, { send: (command: Parameters<Send>[0]) => this.#send(command) });
    Object.assign(receiverDynamodb, { send: ({ input }: OwnPutItemCommand) => this.#send(new PutItemCommand(input)) });
  }

  stop(): void {
    for (const client of [dynamodb, receiverDynamodb]) Reflect.deleteProperty(client, "send");
    this.#emulator.stop();
  }

  /** Makes a transition of an event, as the state machine does. */
  async make(transactionId: string, change: ConditionalWrite<AttributeValue>): Promise<void> {
    const input = { TableName, Key: { transaction_id: { S: transactionId } }, ...change } as UpdateItemCommandInput;
    await this.#send(new UpdateItemCommand(input));
  }

  /** Returns the units of the writes since the last call. */
  writes(): Units[] {
    return this.#writes.splice(0);
  }

  async item(transactionId: string): Promise<Record<string, AttributeValue>> {
    const key = { TableName, Key: { transaction_id: { S: transactionId } } };
    const { Item } = (await this.#send(new GetItemCommand(key))) as { Item: Record<string, AttributeValue> };
    return Item;
  }

  /** Sends a call, and notes the units of a write. */
  async #send(command: Parameters<Send>[0]): Promise<Answer> {
    const isWrite = command instanceof PutItemCommand || command instanceof UpdateItemCommand;
    if (isWrite) Object.assign(command.input, { ReturnConsumedCapacity: "INDEXES" });
    const answer = (await this.#emulator.send(command)) as Answer;
    if (isWrite) this.#writes.push(unitsIn(answer.ConsumedCapacity!));
    return answer;
  }
}

function unitsIn({ Table, GlobalSecondaryIndexes = {} }: ConsumedCapacity): Units {
  const indexes = Object.entries(GlobalSecondaryIndexes).map(([name, { CapacityUnits }]) => [name, CapacityUnits!] as const);
  return { table: Table!.CapacityUnits!, indexes: Object.fromEntries(indexes.filter(([, units]) => units > 0)) };
}

/** Returns the program's table as DynamoDB's own API defines it. */
async function tableOfProgram(): Promise<CreateTableCommandInput> {
  const { inputs } = (await program()).one(Type.table);
  const keys = (of: { hashKey?: string; rangeKey?: string }) => [
    { AttributeName: of.hashKey, KeyType: "HASH" as const },
    ...(of.rangeKey ? [{ AttributeName: of.rangeKey, KeyType: "RANGE" as const }] : []),
  ];
  return {
    TableName,
    KeySchema: keys(inputs),
    BillingMode: inputs.billingMode as BillingMode,
    AttributeDefinitions: (inputs.attributes as { name: string; type: "S" | "N" }[]).map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    GlobalSecondaryIndexes: (inputs.globalSecondaryIndexes as Index[]).map((index) => ({
      IndexName: index.name,
      KeySchema: keys(index),
      Projection: { ProjectionType: index.projectionType, NonKeyAttributes: index.nonKeyAttributes },
    })),
  };
}

interface Index {
  name: string;
  hashKey: string;
  rangeKey: string;
  projectionType: "KEYS_ONLY" | "INCLUDE";
  nonKeyAttributes?: string[];
}
