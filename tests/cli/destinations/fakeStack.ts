import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import type { DestinationOutput } from "../../../domain/destinations";
import { withStackOutputs } from "../../helpers/deployedStack";

/** Name of the stack on which the commands work. */
export const stack = "dev";
const queues = { queueUrl: "https://sqs/q", deadLetterQueueUrl: "https://sqs/d", ruleName: "r" };
const orders: DestinationOutput = {
  type: "https",
  url: "https://orders.example.com/",
  sources: ["stripe", "adyen"],
  kinds: ["refund"],
  timeoutSeconds: 10,
  maxPerSecond: 5,
  retryHours: 24,
  ...queues,
};
/** Its destinations: one to which the pipeline posts, and one that its consumers poll. */
export const destinations: Record<string, DestinationOutput> = { orders, ledger: { type: "queue", ...queues } };

/** Clients that a test answers for. */
export interface FakeClients {
  dynamodb: ReturnType<typeof mockClient>;
  sqs: ReturnType<typeof mockClient>;
  lambda: ReturnType<typeof mockClient>;
}

/** Makes a deployed stack with these destinations, and its clients anew for each test of a block. */
export function withFakeStack(deployed = destinations): FakeClients {
  withStackOutputs({
    tableName: "events",
    indexShards: 1,
    eventBusName: "bus",
    webhookUrls: { stripe: "https://example.com/webhook/stripe" },
    destinations: deployed,
    deliveriesTableName: "deliveries",
    deliverFunctionName: "deliver",
  });
  const clients = {} as FakeClients;
  beforeEach(
    () =>
      void Object.assign(clients, {
        dynamodb: mockClient(DynamoDBClient),
        sqs: mockClient(SQSClient),
        lambda: mockClient(LambdaClient),
      }),
  );
  afterEach(() => {
    for (const one of Object.values(clients)) (one as FakeClients["sqs"]).restore();
  });
  return clients;
}
