import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Encryption, EventStore, WebhookApi, pipelineContext } from "webhook-pipeline";

/** Changes of the table that store an event. Other items have no status. */
const stored = { eventName: ["INSERT"], dynamodb: { NewImage: { status: { S: ["RECEIVED"] } } } };

/** Receives and stores webhooks, and sends the keys of new events to a queue of its own instead of a workflow. */
class ReceivedEvents extends pulumi.ComponentResource {
  readonly urls: Record<string, pulumi.Output<string>>;
  readonly queueUrl: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("webhooks-own-queue:index:ReceivedEvents", name, {}, opts);
    const own = { parent: this };
    const context = pipelineContext(name, { sources: ["github"] }, this);
    const encryption = new Encryption(`${name}-encryption`, { context }, own);
    const eventStore = new EventStore(`${name}-event-store`, { context, encryption }, own);
    const api = new WebhookApi(`${name}-api`, { context, encryption, eventStore }, own);

    const queue = new aws.sqs.Queue(`${name}-received`, { sqsManagedSseEnabled: true }, own);
    const role = new aws.iam.Role(
      `${name}-pipe`,
      { assumeRolePolicy: policy([{ Effect: "Allow", Principal: { Service: "pipes.amazonaws.com" }, Action: "sts:AssumeRole" }]) },
      own,
    );
    const rolePolicy = new aws.iam.RolePolicy(
      `${name}-pipe`,
      { role: role.id, policy: policy([...readsStream(eventStore, encryption), allow("sqs:SendMessage", queue.arn)]) },
      own,
    );
    new aws.pipes.Pipe(
      `${name}-received`,
      {
        roleArn: role.arn,
        source: eventStore.table.streamArn,
        target: queue.arn,
        sourceParameters: {
          dynamodbStreamParameters: { startingPosition: "TRIM_HORIZON", maximumRetryAttempts: 10 },
          filterCriteria: { filters: [{ pattern: JSON.stringify(stored) }] },
        },
        targetParameters: { inputTemplate: '{"transactionId": <$.dynamodb.Keys.transaction_id.S>}' },
      },
      { ...own, dependsOn: [rolePolicy] },
    );

    this.urls = api.urls;
    this.queueUrl = queue.url;
    this.registerOutputs({ urls: this.urls, queueUrl: this.queueUrl });
  }
}

function readsStream({ table }: EventStore, { dataKey }: Encryption) {
  const actions = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"];
  return [allow(actions, table.streamArn), allow("kms:Decrypt", dataKey.arn)];
}

const allow = (action: string | string[], resource: pulumi.Input<string>) => ({ Effect: "Allow", Action: action, Resource: resource });

const policy = (statements: object[]) => pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });

const received = new ReceivedEvents("hooks");
export const url = received.urls.github;
export const queueUrl = received.queueUrl;
