import { GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import type { NamedDestination } from "../../../cli/destinations/target";
import type { DestinationsTarget } from "../../../cli/lib/target";
import { deliveryId } from "../../../domain/destinations";
import { fakeTable, type FakeTable } from "../events/fakeTable";

export const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-to-orders-test";

const receivedAt = "2026-01-31T12:00:00.000Z";

/** A destination whose dead letters, deliveries and events a test puts there, at the clients' level. */
export class FakeDestination {
  /** Dead letters, by the ID of their event. Those of `crash…` are what SQS moves there; the others are the function's. */
  letters: string[] = [];
  /** Generation of a letter of the function, by the ID of its event; empty if it is not named. */
  generations: Record<string, string> = {};
  /** Status and generation of stored deliveries, by event. */
  rows: Record<string, { status: string; generation: string }> = {};
  readonly destination: NamedDestination = { name: "orders", type: "https", queueUrl, deadLetterQueueUrl: "https://d", ruleName: "r" };
  readonly sqs = mockClient(SQSClient);
  readonly #events: FakeTable = fakeTable();

  constructor() {
    this.sqs.on(ReceiveMessageCommand).callsFake(() => ({ Messages: this.letters.map((id) => this.#letterOf(id)) }));
    this.sqs.on(DeleteMessageCommand).callsFake(({ ReceiptHandle }) => {
      this.letters = this.letters.filter((id) => id !== ReceiptHandle);
      return {};
    });
    this.sqs.on(ChangeMessageVisibilityCommand).resolves({});
    this.sqs.on(SendMessageCommand).resolves({});
    this.sqs.on(GetQueueAttributesCommand).callsFake(() => ({ Attributes: { ApproximateNumberOfMessages: String(this.letters.length) } }));
    const { mock } = this.#events;
    mock.on(GetItemCommand).callsFake(({ Key }: { Key: { delivery_id: { S: string } } }) => {
      const id = Object.keys(this.rows).find((one) => deliveryId("orders", one) === Key.delivery_id.S);
      return id === undefined ? {} : { Item: this.#rowOf(id) };
    });
    mock.on(QueryCommand).callsFake(() => {
      const failed = Object.keys(this.rows).filter((id) => this.rows[id].status === "FAILED");
      return { Items: failed.map((id) => this.#rowOf(id)) };
    });
  }

  /** Puts events there that were published. */
  put(...ids: string[]): void {
    for (const id of ids) this.#events.put(id, "PROCESSED", receivedAt, { normalized: { M: {} }, kind: { S: "refund" } });
  }

  get target(): DestinationsTarget {
    const names = { deliveriesTableName: "deliveries", deliverFunctionName: "deliver" };
    return { ...this.#events.table, ...names, sqs: new SQSClient({ region: "eu-central-1" }) } as unknown as DestinationsTarget;
  }

  /** IDs of the events that were sent to the queue. */
  get sent(): string[] {
    const bodies = this.sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input.MessageBody!);
    return bodies.map((body) => (JSON.parse(body) as { detail: { transactionId: string } }).detail.transactionId);
  }

  /** Dead letters that were shown again, by the ID of their event. */
  get shown(): string[] {
    return this.sqs
      .commandCalls(ChangeMessageVisibilityCommand)
      .filter(({ args }) => args[0].input.QueueUrl === "https://d" && args[0].input.VisibilityTimeout === 0)
      .map(({ args }) => args[0].input.ReceiptHandle!);
  }

  restore(): void {
    this.sqs.restore();
    this.#events.restore();
  }

  #letterOf(id: string) {
    const ofFunction = { transactionId: id, error: "…", generation: this.generations[id] ?? "" };
    return {
      MessageId: id,
      ReceiptHandle: id,
      Body: JSON.stringify(id.startsWith("crash") ? { detail: { transactionId: id } } : ofFunction),
    };
  }

  #rowOf(id: string) {
    const { status, generation } = this.rows[id];
    return { transaction_id: { S: id }, status: { S: status }, generation: { S: generation }, attempts: { N: "1" } };
  }
}
