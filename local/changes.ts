import { DescribeTableCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type ShardIteratorType,
} from "@aws-sdk/client-dynamodb-streams";
import { readBatch } from "../handlers/aws/batchGet";
import type { Clients } from "./clients";

type Item = Record<string, AttributeValue>;

/** Records that one call returns at most. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const mostRecords = 1_000;

/**
 * Reads the items of a table that change. The table's stream says which: it has the keys alone. Only for the local AWS, whose streams have
 * one shard.
 */
export class ChangedItems {
  #shard: { StreamArn: string; ShardId: string } | undefined;
  #iterator: string | undefined;
  /** Sequence number of the last record that was read. */
  #last: string | undefined;
  /** Keys of items that have changed and are not read yet. */
  readonly #unread = new Set<string>();

  constructor(
    private readonly clients: Pick<Clients, "dynamodb" | "dynamodbStreams">,
    private readonly tableName: string,
    /** Name of the partition key. */
    private readonly key: string,
  ) {}

  /** Begins with the changes that come after this call. Does nothing if it has begun. */
  async begin(): Promise<void> {
    if (this.#shard) return;
    const { Table } = await this.clients.dynamodb.send(new DescribeTableCommand({ TableName: this.tableName }));
    const StreamArn = Table!.LatestStreamArn!;
    const { StreamDescription } = await this.clients.dynamodbStreams.send(new DescribeStreamCommand({ StreamArn }));
    this.#shard = { StreamArn, ShardId: StreamDescription!.Shards![0].ShardId! };
    await this.#iterate("LATEST");
  }

  /** Returns the items that have changed since the last call, as they are now and each once. Leaves out one that was deleted. */
  async read(attributes: readonly string[]): Promise<Item[]> {
    await this.begin();
    for (let isOver = false; !isOver;) {
      const { Records = [], NextShardIterator } = await this.#records();
      for (const { dynamodb } of Records) {
        this.#unread.add(dynamodb!.Keys![this.key].S!);
        this.#last = dynamodb!.SequenceNumber;
      }
      this.#iterator = NextShardIterator;
      isOver = Records.length < mostRecords;
    }
    const keys = [...this.#unread].map((id) => ({ [this.key]: { S: id } }));
    const items = await readBatch(this.clients.dynamodb, { tableName: this.tableName, keys, attributes, consistent: true });
    this.#unread.clear();
    return items;
  }

  /** Reads the next records; those after the last one if the iterator has expired, as it does while the machine sleeps. */
  async #records() {
    const read = () => this.clients.dynamodbStreams.send(new GetRecordsCommand({ ShardIterator: this.#iterator, Limit: mostRecords }));
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ExpiredIteratorException)) throw error;
      await this.#iterate(this.#last === undefined ? "LATEST" : "AFTER_SEQUENCE_NUMBER");
      return read();
    }
  }

  async #iterate(ShardIteratorType: ShardIteratorType): Promise<void> {
    const after = ShardIteratorType === "LATEST" ? {} : { SequenceNumber: this.#last };
    const place = new GetShardIteratorCommand({ ...this.#shard!, ShardIteratorType, ...after });
    this.#iterator = (await this.clients.dynamodbStreams.send(place)).ShardIterator;
  }
}
