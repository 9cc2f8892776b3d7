import { randomBytes } from "node:crypto";
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Context, SQSBatchResponse, SQSRecord } from "aws-lambda";
import { mockClient } from "aws-sdk-client-mock";
import type { DeliveryDeadLetter, DeliveryMessage, DestinationSettings } from "../../domain/destinations";
import { Variable } from "../../domain/variables";
import { handler } from "../../handlers/deliver";
import { deliverBatch } from "../../handlers/deliver/batch";
import { clearSecrets } from "../../handlers/deliver/secrets";
import { realSurroundings, type Surroundings } from "../../handlers/deliver/surroundings";
import { destinationsFileVariable, writeDestinations } from "../../testbed/destinationsFile";
import { capturingOutput, lambdaContext } from "../../testbed/handlers";
import { postedOrders, usualSettings } from "./destinations";
import { Endpoint } from "./endpoint";
import { item as storedItem } from "./storedEvent";
import { GetSecretValueCommand, mockSecretsManager } from "./jsonMocks";
import { Tables } from "./tables";

export const defaults: DestinationSettings = { url: postedOrders.url, ...usualSettings };

export const newSecret = () => `whsec_${randomBytes(24).toString("base64")}`;
const mockSqs = () => mockClient(SQSClient);
const mockLambda = () => mockClient(LambdaClient);

/** The handler's own clock. */
const { now: realNow } = realSurroundings;

/** Numbers of destinations and events so far: containers remember them by name. */
let names = 0;

/** The function `deliver` for the tests of a file: with tables in an emulator, an endpoint on a real socket, and a destination `orders`. */
export class Deliverer {
  readonly tables = new Tables();
  readonly endpoint = new Endpoint();
  sqs!: ReturnType<typeof mockSqs>;
  lambda!: ReturnType<typeof mockLambda>;
  secretsManager!: ReturnType<typeof mockSecretsManager>;
  secret!: string;
  /** Sleeps that were asked for, milliseconds. */
  readonly slept: number[] = [];
  surroundings!: Surroundings;
  /** Milliseconds that remain to the function. */
  remaining = 60_000;
  /** State of the mapping. */
  mapping = "Enabled";
  transactionId = "";

  constructor() {
    before(async () => {
      await Promise.all([this.tables.start(), this.endpoint.start()]);
      Object.assign(this, { sqs: mockSqs(), lambda: mockLambda(), secretsManager: mockSecretsManager() });
    });
    after(async () => {
      for (const mocked of [this.sqs, this.lambda, this.secretsManager]) mocked.restore();
      this.tables.stop();
      await this.endpoint.stop();
      delete process.env[destinationsFileVariable];
      delete process.env[Variable.localDestinations];
    });
    afterEach(() => {
      realSurroundings.now = realNow;
    });
    beforeEach(async () => {
      for (const mocked of [this.sqs, this.lambda, this.secretsManager]) mocked.reset();
      clearSecrets();
      this.secret = newSecret();
      this.secretIs({ secret: this.secret });
      this.lambda.on(ListEventSourceMappingsCommand).callsFake(() => ({
        EventSourceMappings: [{ UUID: "mapping-1", State: this.mapping, EventSourceArn: this.queueArn() }],
      }));
      this.lambda.on(UpdateEventSourceMappingCommand).resolves({});
      for (const command of [SendMessageCommand, ChangeMessageVisibilityCommand, DeleteMessageCommand])
        this.sqs.on(command as typeof SendMessageCommand).resolves({});
      this.sqs.on(ReceiveMessageCommand).resolves({});
      Object.assign(this.tables, { before: () => {}, after: () => {} });
      this.endpoint.received.length = 0;
      this.endpoint.answer = () => 204;
      this.slept.length = 0;
      this.remaining = 60_000;
      this.mapping = "Enabled";
      this.surroundings = { ...realSurroundings, sleep: (ms) => Promise.resolve(this.slept.push(ms)) };
      this.configure({});
      this.transactionId = `stripe#evt_${++names}`;
      await this.store();
    });
  }

  /** Gives each test a destination of its own, so that none sees the rows and the state of another. */
  name = "";
  configure(changes: Partial<DestinationSettings>, isLocal = true): void {
    this.name = `orders-${++names}`;
    process.env[destinationsFileVariable] = writeDestinations({ [this.name]: { ...defaults, ...changes } });
    process.env[Variable.localDestinations] = JSON.stringify(isLocal ? { [this.name]: this.endpoint.url } : {});
  }

  /** Stops the clock until the end of a test: that of batches, and the handler's. @returns the time at which it stands, epoch milliseconds */
  freeze(at = Date.now()): number {
    this.#frozenAt = at;
    this.surroundings.now = realSurroundings.now = () => this.#frozenAt;
    return at;
  }
  #frozenAt = 0;

  secretIs(value: unknown): void {
    this.secretsManager.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify(value) });
  }

  /** Stores an event, as the processor leaves it. */
  async store(changes: Parameters<typeof storedItem>[1] = {}, payload?: unknown): Promise<void> {
    const normalized = { M: { amount: { M: { value: { N: "4200" }, currency: { S: "EUR" }, exponent: { N: "2" } } } } };
    const settled = { transaction_id: { S: this.transactionId }, status: { S: "PROCESSED" }, kind: { S: "payment.succeeded" }, normalized };
    await this.tables.put(this.tables.events, storedItem(payload, { ...settled, ...changes }));
  }

  /** Returns a record of SQS. */
  record(message: Partial<DeliveryMessage> = {}, { sentAt = Date.now(), id = "message-1" } = {}): SQSRecord {
    const body = JSON.stringify({ source: "webhook.pipeline", detail: { transactionId: this.transactionId }, ...message });
    return {
      messageId: id,
      receiptHandle: `receipt of ${id}`,
      body,
      attributes: { SentTimestamp: String(sentAt) },
      eventSourceARN: this.queueArn(),
    } as SQSRecord;
  }

  queueArn = (): string => `arn:aws:sqs:eu-central-1:123456789012:webhook-to-${this.name}-test`;

  context = (): Context => ({ ...lambdaContext, getRemainingTimeInMillis: () => this.remaining });

  /** Delivers a batch. @returns the messages that stay, and what was logged */
  async deliver(...records: SQSRecord[]): Promise<{ staying: string[]; lines: Record<string, unknown>[]; output: string }> {
    const { result, ...logged } = await capturingOutput<SQSBatchResponse>(() => deliverBatch(records, this.context(), this.surroundings));
    return { staying: result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), ...logged };
  }

  /** Runs the schedule's command. @returns what was logged, and its metrics */
  async tend(): Promise<{ lines: Record<string, unknown>[]; output: string; metrics: Record<string, number> }> {
    const { lines, output } = await capturingOutput(() => handler({ command: "tend" }, this.context()));
    return { lines, output, metrics: Object.assign({}, ...lines.filter((line) => "_aws" in line)) as Record<string, number> };
  }

  async row(): Promise<Record<string, unknown> | undefined> {
    const item = await this.tables.delivery(`${this.name}#${this.transactionId}`);
    return item && unmarshall(item);
  }

  async state(): Promise<Record<string, unknown>> {
    const item = await this.tables.delivery(this.name);
    return item ? unmarshall(item) : {};
  }

  async stateIs(state: Record<string, { S: string } | { N: string }>): Promise<void> {
    await this.tables.put(this.tables.deliveries, { delivery_id: { S: this.name }, ...state });
  }

  /** Seconds for which messages were hidden, in order. */
  hidden = () => this.sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input.VisibilityTimeout!);
  deadLetters = () =>
    this.sqs.commandCalls(SendMessageCommand).map(({ args }) => JSON.parse(args[0].input.MessageBody!) as DeliveryDeadLetter);
  /** Changes of the mapping, in order. */
  mappings = () => this.lambda.commandCalls(UpdateEventSourceMappingCommand).map(({ args }) => args[0].input.Enabled);
}
