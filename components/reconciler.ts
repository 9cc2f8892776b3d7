import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { byStatusIndex } from "../domain/event";
import { staleSeconds } from "../domain/processing";
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
  /** Where its function runs; `undefined`: in AWS's own network. */
  network: Network | undefined;
}

/** How often the reconciler looks; AWS's shortest. */
const every = "rate(1 minute)";
/** A run that is as old as the next one is due is worth nothing; also Lambda's and EventBridge Scheduler's least. */
const maximumAgeSeconds = 60;
/** Its own, because it has a thousand events to write where the others have one. */
const timeoutSeconds = 60;

/** Requeues stuck events: the reconciler's function, and the schedule that runs it. */
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

    /** No dead letters of its own: a run that fails is made up for by the next. */
    function createFunction(): LambdaFunction {
      const { table, deadLetterQueue } = eventStore;
      return new LambdaFunction(
        `${name}-reconcile`,
        {
          context,
          encryption,
          handler: "reconcile",
          description: "Puts webhook events back into the flow that came to a halt",
          environment: {
            [Variable.tableName]: table.name,
            [Variable.deadLetterQueueUrl]: deadLetterQueue.url,
            [Variable.staleSeconds]: String(staleSeconds),
          },
          permissions: [
            allow("FindStuckEvents", ["dynamodb:Query"], pulumi.interpolate`${table.arn}/index/${byStatusIndex}`),
            allow("RequeueAndExhaust", ["dynamodb:UpdateItem"], table.arn),
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
     * Keeps Lambda from running what failed or was throttled again. EventBridge Scheduler hands an invocation to Lambda's queue and is done:
     * from there Lambda alone retries, twice after an error, for six hours after a throttle.
     * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
     */
    function limitInvocation(): aws.lambda.FunctionEventInvokeConfig {
      return new aws.lambda.FunctionEventInvokeConfig(
        name,
        { functionName: reconciler.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: maximumAgeSeconds },
        { parent },
      );
    }

    /** Hands each run over once: its retry policy covers the handover alone. EventBridge Scheduler checks at creation that it may assume the role.
     * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role */
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
