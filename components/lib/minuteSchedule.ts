import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { NameKey } from "../../domain/names";
import { protectedOptions, type StackContext } from "./context";
import { allow, document, trust } from "./policies";
import { createRole } from "./role";

export interface MinuteScheduleArgs {
  context: StackContext;
  function: aws.lambda.Function;
  /** Name of the schedule. */
  scheduleName: NameKey;
  /** Name of the schedule's role, and of the role's policy. */
  roleName: NameKey;
  description: string;
  /** Sid of the permission to invoke the function. */
  sid: string;
  /** JSON that the function gets; absent: EventBridge Scheduler's own. */
  input?: string;
}

/** Interval of the runs; AWS allows no shorter one. */
const every = "rate(1 minute)";
/** Most seconds that a run may wait to start: the next one is due by then. Lambda and EventBridge Scheduler allow no less. */
const maximumAgeSeconds = 60;

/** Runs a function every minute, without retries: the next run does the same work. */
export function runEveryMinute(name: string, args: MinuteScheduleArgs, parent: pulumi.Resource): aws.scheduler.Schedule {
  const { context } = args;
  const invocation = limitInvocation();
  return createSchedule();

  /**
   * Stops Lambda from repeating failed or throttled runs. EventBridge Scheduler only adds an invocation to Lambda's queue; Lambda itself
   * retries, twice after an error and for six hours after a throttle.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
   */
  function limitInvocation(): aws.lambda.FunctionEventInvokeConfig {
    return new aws.lambda.FunctionEventInvokeConfig(
      name,
      { functionName: args.function.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: maximumAgeSeconds },
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
      { name: context.name(args.roleName), assumeRolePolicy: document([trust("scheduler.amazonaws.com", context.accountId)]) },
      { parent },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-schedule-policy`,
      {
        name: context.name(args.roleName),
        role: role.id,
        policy: document([allow(args.sid, ["lambda:InvokeFunction"], args.function.arn)]),
      },
      { parent },
    );
    return new aws.scheduler.Schedule(
      name,
      {
        name: context.name(args.scheduleName),
        description: args.description,
        scheduleExpression: every,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: args.function.arn,
          roleArn: role.arn,
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: maximumAgeSeconds },
          ...(args.input !== undefined && { input: args.input }),
        },
      },
      { ...protectedOptions(context, parent), dependsOn: [policy, invocation] },
    );
  }
}
