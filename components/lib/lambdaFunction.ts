import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Metric } from "../../domain/metrics";
import { Variable } from "../../domain/variables";
import { logGroupName, type HandlerName } from "../../domain/names";
import { bundleHandler } from "./bundle";
import type { StackContext } from "./context";
import type { Encryption } from "../encryption";
import { createLogGroup } from "./logGroup";
import type { Network } from "../network";
import { allow, document, trust, useKey, writeTraces, type KeyUse, type Statement } from "./policies";
import { createRole } from "./role";

export interface LambdaFunctionArgs {
  context: StackContext;
  encryption: Encryption;
  /** A file of handlers/; names the function, its role and its log group. */
  handler: HandlerName;
  description: string;
  environment: Record<string, pulumi.Input<string>>;
  /** What the handler's own calls need; the rest (logs, traces, environment, dead letters) is added here. */
  permissions: Statement[];
  /** What these calls do with the data key. */
  dataKeyUses: KeyUse[];
  /** Where asynchronous invocations go that failed for good; `undefined`: nowhere, because another invocation does the same. */
  deadLetterQueue: aws.sqs.Queue | undefined;
  /** How long it may run; `undefined`: as configured. */
  timeoutSeconds?: number;
  /** `undefined`: none reserved. */
  reservedConcurrency: number | undefined;
  /** `undefined`: it runs in AWS's own network. */
  network: Network | undefined;
}

/** A function with its bundle, its own role and a log group made first. */
export class LambdaFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly role: aws.iam.Role;
  readonly logGroup: aws.cloudwatch.LogGroup;

  constructor(name: string, args: LambdaFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:LambdaFunction", name, {}, opts);
    const parent = this;
    const { context, encryption } = args;
    const { config } = context;
    const functionName = context.name(args.handler);

    const logGroup = createLogGroup(`${name}-logs`, logGroupName.lambda(functionName), args, this);
    const role = createExecutionRole();
    const policy = createPolicy();
    this.logGroup = logGroup;
    this.role = role;
    this.function = createFunction();
    this.registerOutputs({ functionName: this.function.name, roleArn: role.arn });

    function createExecutionRole(): aws.iam.Role {
      return createRole(
        context,
        `${name}-role`,
        {
          name: functionName,
          description: `Role of the function ${functionName}`,
          assumeRolePolicy: document([trust("lambda.amazonaws.com")]),
        },
        { parent },
      );
    }

    function createPolicy(): aws.iam.RolePolicy {
      return new aws.iam.RolePolicy(
        `${name}-policy`,
        {
          name: functionName,
          role: role.id,
          policy: document([
            allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.interpolate`${logGroup.arn}:*`),
            writeTraces(),
            useKey("DecryptEnvironment", encryption.environmentKey.arn, ["read"]),
            ...(args.deadLetterQueue ? [allow("SendDeadLetters", ["sqs:SendMessage"], args.deadLetterQueue.arn)] : []),
            useKey("UseDataKey", encryption.dataKey.arn, [...(args.deadLetterQueue ? (["send"] as const) : []), ...args.dataKeyUses]),
            ...args.permissions,
            ...(args.network ? joinNetwork() : []),
          ]),
        },
        { parent },
      );
    }

    /** Lambda makes the interfaces in the role's name, at creation; the code itself has no business with them.
     * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
    function joinNetwork(): Statement[] {
      const { accountId, partition } = context;
      const ownArn = pulumi.interpolate`arn:${partition}:lambda:${config.region}:${accountId}:function:${functionName}`;
      const actions = [
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
      ];
      return [
        allow("ManageNetworkInterfaces", actions, "*"),
        {
          Sid: "KeepNetworkInterfacesFromCode",
          Effect: "Deny",
          Action: actions,
          Resource: "*",
          Condition: { ArnEquals: { "lambda:SourceFunctionArn": ownArn } },
        },
      ];
    }

    /** Lambda checks at creation that the role may send to the dead-letter queue: hence the dependency on the policy. */
    function createFunction(): aws.lambda.Function {
      const files = Object.entries(bundleHandler(args.handler)).map(([name, file]) => [name, new pulumi.asset.FileAsset(file)] as const);
      return new aws.lambda.Function(
        `${name}-function`,
        {
          name: functionName,
          description: args.description,
          role: role.arn,
          runtime: aws.lambda.Runtime.NodeJS24dX,
          architectures: ["arm64"],
          handler: "index.handler",
          code: new pulumi.asset.AssetArchive(Object.fromEntries(files)),
          memorySize: config.lambdaMemoryMb,
          timeout: args.timeoutSeconds ?? config.lambdaTimeoutSeconds,
          reservedConcurrentExecutions: args.reservedConcurrency,
          kmsKeyArn: encryption.environmentKey.arn,
          environment: { variables: { ...commonVariables(), ...args.environment } },
          vpcConfig: args.network && { subnetIds: args.network.subnetIds, securityGroupIds: [args.network.securityGroup.id] },
          tracingConfig: { mode: "Active" },
          deadLetterConfig: args.deadLetterQueue && { targetArn: args.deadLetterQueue.arn },
          loggingConfig: { logFormat: "JSON", logGroup: logGroup.name, applicationLogLevel: "INFO", systemLogLevel: "WARN" },
        },
        { parent, dependsOn: [policy] },
      );
    }

    function commonVariables(): Record<string, pulumi.Input<string>> {
      return {
        [Variable.environment]: config.environmentSuffix,
        POWERTOOLS_SERVICE_NAME: args.handler,
        POWERTOOLS_METRICS_NAMESPACE: Metric.namespace,
        NODE_OPTIONS: "--enable-source-maps",
      };
    }
  }
}
