import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { indexes } from "../domain/event";
import { leaseSeconds, staleSeconds } from "../domain/processing";
import { Variable } from "../domain/variables";
import type { StackContext } from "./lib/context";
import type { Encryption } from "./encryption";
import { LambdaFunction } from "./lib/lambdaFunction";
import { runEveryMinute } from "./lib/minuteSchedule";
import type { Network } from "./network";
import { allow, arnOf, listenerArns, type Statement } from "./lib/policies";
import type { EventStore } from "./eventStore/eventStore";

export interface ReconcilerArgs {
  context: StackContext;
  encryption: Encryption;
  eventStore: EventStore;
  /** Network of the function; absent: AWS's own network. */
  network?: Network;
}

/** Timeout of a run. It is longer than the other functions', because a run writes up to a thousand events. */
const timeoutSeconds = 60;

/** Requeues stuck events: a function, and the schedule that runs it. */
export class Reconciler extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly schedule: aws.scheduler.Schedule;

  constructor(name: string, args: ReconcilerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Reconciler", name, {}, opts);
    const parent = this;
    const { context, encryption, eventStore, network } = args;
    const reachesEventBridge = !network || network.egressAddresses !== undefined;

    const reconciler = createFunction().function;
    const schedule = createSchedule();
    this.function = reconciler;
    this.schedule = schedule;
    this.registerOutputs({ functionName: reconciler.name, scheduleArn: schedule.arn });

    /** Creates the function, without dead letters: the next run makes up for a failed one. */
    function createFunction(): LambdaFunction {
      const { table, deadLetterQueue } = eventStore;
      return new LambdaFunction(
        `${name}-reconcile`,
        {
          context,
          encryption,
          handler: "reconcile",
          description: "Requeues stuck webhook events",
          environment: {
            [Variable.tableName]: table.name,
            [Variable.deadLetterQueueUrl]: deadLetterQueue.url,
            [Variable.leaseSeconds]: String(leaseSeconds),
            [Variable.staleSeconds]: String(staleSeconds),
            [Variable.indexShards]: String(context.config.indexShards),
            [Variable.eventBusName]: reachesEventBridge ? context.name("eventBus") : "",
          },
          permissions: [
            allow("FindOpenEvents", ["dynamodb:Query"], pulumi.interpolate`${table.arn}/index/${indexes.open.name}`),
            allow("RequeueAndExhaust", ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], table.arn),
            allow("SendDeadLettersOfEvents", ["sqs:SendMessage"], deadLetterQueue.arn),
            ...(reachesEventBridge ? removeListeners(context) : []),
          ],
          dataKeyUses: ["table", "send"],
          deadLetterQueue: undefined,
          timeoutSeconds,
          reservedConcurrency: undefined,
          network,
        },
        { parent },
      );
    }

    function createSchedule(): aws.scheduler.Schedule {
      const schedule = { scheduleName: "reconcileSchedule", roleName: "scheduleRole", sid: "Reconcile" } as const;
      return runEveryMinute(name, { context, function: reconciler, description: "Runs the reconciler", ...schedule }, parent);
    }
  }
}

/** Lets the function remove what a `listen` that died has left. AWS limits the list of rules to no resource. */
function removeListeners(context: StackContext): Statement[] {
  const { rules, queues } = listenerArns(context, arnOf(context, "events", `event-bus/${context.name("eventBus")}`));
  return [
    allow("FindRulesOfListen", ["events:ListRules"], "*"),
    allow("RemoveRulesOfListen", ["events:ListTagsForResource", "events:RemoveTargets", "events:DeleteRule"], rules),
    allow("RemoveQueuesOfListen", ["sqs:DeleteQueue"], queues),
  ];
}
