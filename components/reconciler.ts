import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { indexes } from "../domain/event";
import { leaseSeconds, staleSeconds } from "../domain/processing";
import { Variable } from "../domain/variables";
import { protectedOptions, type StackContext } from "./lib/context";
import type { Encryption } from "./encryption";
import { LambdaFunction } from "./lib/lambdaFunction";
import type { Network } from "./network";
import { allow, document, trust } from "./lib/policies";
import type { EventStore } from "./eventStore/eventStore";
import { createRole } from "./lib/role";

export interface ReconcilerArgs {
  context: StackContext;
  encryption: Encryption;
  eventStore: EventStore;
  /** Network of the function; `undefined`: AWS's own network. */
  network: Network | undefined;
}

/** Interval of the runs; AWS allows no shorter one. */
const every = "rate(1 minute)";
/** Most seconds that a run may wait to start: the next one is due by then. Lambda and EventBridge Scheduler allow no less. */
const maximumAgeSeconds = 60;
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

    const reconciler = createFunction().function;
    const invocation = limitInvocation();
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
          },
          permissions: [
            allow("FindOpenEvents", ["dynamodb:Query"], pulumi.interpolate`${table.arn}/index/${indexes.open.name}`),
            allow("RequeueAndExhaust", ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], table.arn),
            allow("SendDeadLettersOfEvents", ["sqs:SendMessage"], deadLetterQueue.arn),
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

    /**
     * Stops Lambda from repeating failed or throttled runs. EventBridge Scheduler only adds an invocation to Lambda's queue; Lambda itself
     * retries, twice after an error and for six hours after a throttle.
     * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
     */
    function limitInvocation(): aws.lambda.FunctionEventInvokeConfig {
      return new aws.lambda.FunctionEventInvokeConfig(
        name,
        { functionName: reconciler.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: maximumAgeSeconds },
        { parent },
      );
    }

    /**
     * Creates the schedule. It invokes the function once per run: the retry policy covers only the invocation itself. It depends on the
     * policy, because EventBridge Scheduler checks at creation that it can assume the role.
     * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
     */
    function createSchedule(): aws.scheduler.Schedule {
      const role = createRole(
        context,
        `${name}-schedule-role`,
        { name: context.name("scheduleRole"), assumeRolePolicy: document([trust("scheduler.amazonaws.com", context.accountId)]) },
        { parent },
      );
      const policy = new aws.iam.RolePolicy(
        `${name}-schedule-policy`,
        {
          name: context.name("scheduleRole"),
          role: role.id,
          policy: document([allow("Reconcile", ["lambda:InvokeFunction"], reconciler.arn)]),
        },
        { parent },
      );
      return new aws.scheduler.Schedule(
        name,
        {
          name: context.name("reconcileSchedule"),
          description: "Runs the reconciler",
          scheduleExpression: every,
          flexibleTimeWindow: { mode: "OFF" },
          target: {
            arn: reconciler.arn,
            roleArn: role.arn,
            retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: maximumAgeSeconds },
          },
        },
        { ...protectedOptions(context, parent), dependsOn: [policy, invocation] },
      );
    }
  }
}
