import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { deliverTimeoutSeconds, undeliveredIndex, type DeliverCommand } from "../../domain/destinations";
import { destinationName, namePlaceholder } from "../../domain/names";
import { Variable } from "../../domain/variables";
import type { Encryption } from "../encryption";
import type { EventStore } from "../eventStore/eventStore";
import type { StackContext } from "../lib/context";
import { destinationsFile } from "../lib/destinationsFile";
import { LambdaFunction } from "../lib/lambdaFunction";
import { runEveryMinute } from "../lib/minuteSchedule";
import { allow, allowOnDestinationSecrets, allowOnQueues, arnOf, type Statement } from "../lib/policies";
import type { Network } from "../network";
import { createDeliveriesTable } from "./deliveriesTable";

export interface DeliveriesArgs {
  context: StackContext;
  encryption: Encryption;
  eventStore: EventStore;
  /** Network of the function; absent: AWS's own network. */
  network?: Network;
}

/** Memory of the function, in MB: it waits for endpoints most of the time. */
const memoryMb = 256;
/** Command of the schedule. */
const tend: DeliverCommand = { command: "tend" };

/** Posts events to all destinations of the type `https`: the function, its schedule, and the table of deliveries. */
export class Deliveries extends pulumi.ComponentResource {
  readonly table: aws.dynamodb.Table;
  readonly function: aws.lambda.Function;
  readonly schedule: aws.scheduler.Schedule;

  constructor(name: string, args: DeliveriesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Deliveries", name, {}, opts);
    const parent = this;
    const { context, encryption, eventStore, network } = args;
    const { config } = context;

    const table = createDeliveriesTable(`${name}-table`, context, encryption, parent);
    const deliver = createFunction().function;
    const schedule = createSchedule();
    this.table = table;
    this.function = deliver;
    this.schedule = schedule;
    this.registerOutputs({ tableName: table.name, functionName: deliver.name, scheduleArn: schedule.arn });

    /** Creates the function, without dead letters for its invocations: a failed batch returns to the queue, and the schedule runs again. */
    function createFunction(): LambdaFunction {
      return new LambdaFunction(
        `${name}-deliver`,
        {
          context,
          encryption,
          handler: "deliver",
          description: "Posts webhook events to destinations",
          environment: {
            [Variable.tableName]: eventStore.table.name,
            [Variable.deliveriesTable]: table.name,
            [Variable.destinationSecrets]: destinationName.secret(namePlaceholder, config.environmentSuffix),
            [Variable.destinationQueueUrls]: queueUrl(destinationName.queue(namePlaceholder, config.environmentSuffix)),
            [Variable.destinationDeadLetterUrls]: queueUrl(destinationName.deadLetterQueue(namePlaceholder, config.environmentSuffix)),
          },
          files: destinationsFile(config.destinations),
          permissions: [...onData(), ...onQueues(), ...onMappings()],
          dataKeyUses: ["table", "read", "send"],
          deadLetterQueue: undefined,
          timeoutSeconds: deliverTimeoutSeconds,
          memoryMb,
          reservedConcurrency: undefined,
          network,
        },
        { parent },
      );
    }

    /** Returns the URL of a queue from that of another one of the same account and region. */
    function queueUrl(queueName: string): pulumi.Output<string> {
      return eventStore.deadLetterQueue.url.apply((url) => url.replace(/[^/]+$/, queueName));
    }

    function onData(): Statement[] {
      return [
        allow("ReadAndRecordDeliveries", ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], table.arn),
        allow("FindUndelivered", ["dynamodb:Query"], pulumi.interpolate`${table.arn}/index/${undeliveredIndex.name}`),
        allow("ReadEvents", ["dynamodb:GetItem"], eventStore.table.arn),
        allowOnDestinationSecrets("ReadSecretsOfDestinations", ["secretsmanager:GetSecretValue"], context),
      ];
    }

    /** Lets Lambda read the queues in the function's name, and the function put messages off and probe. */
    function onQueues(): Statement[] {
      const actions = ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"];
      return [
        allowOnQueues(
          "ReadQueues",
          actions.map((action) => `sqs:${action}`),
          "queue",
          ["https"],
          context,
        ),
        allowOnQueues("SendDeadLettersOfDestinations", ["sqs:SendMessage"], "deadLetterQueue", ["https"], context),
      ];
    }

    /**
     * Lets the function pause and resume its own mappings. AWS lists mappings on `*` only.
     * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
     */
    function onMappings(): Statement[] {
      const ownArn = arnOf(context, "lambda", `function:${context.name("deliver")}`);
      return [
        allow("FindMappings", ["lambda:ListEventSourceMappings"], "*"),
        {
          ...allow("PauseAndResume", ["lambda:UpdateEventSourceMapping"], arnOf(context, "lambda", "event-source-mapping:*")),
          Condition: { ArnEquals: { "lambda:FunctionArn": ownArn } },
        },
      ];
    }

    function createSchedule(): aws.scheduler.Schedule {
      const schedule = { scheduleName: "deliverSchedule", roleName: "deliverScheduleRole", sid: "Tend" } as const;
      const input = JSON.stringify(tend);
      return runEveryMinute(name, { context, function: deliver, description: "Tends the destinations", ...schedule, input }, parent);
    }
  }
}
