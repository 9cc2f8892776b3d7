import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Metric } from "../../domain/metrics";
import { Variable } from "../../domain/variables";
import { logGroupName, type HandlerName } from "../../domain/names";
import type { StackContext } from "./context";
import type { Encryption } from "../encryption";
import { handlerBundle } from "./handlerBundle";
import { createLogGroup } from "./logGroup";
import type { Network } from "../network";
import { allow, document, trust, useKey, writeTraces, type KeyUse, type Statement } from "./policies";
import { createRole } from "./role";

export interface LambdaFunctionArgs {
  context: StackContext;
  encryption: Encryption;
  /** Name of a file in handlers/, also used for the function, its role and its log group. */
  handler: HandlerName;
  description: string;
  environment: Record<string, pulumi.Input<string>>;
  /** Files beside the bundle in the archive, name → text, for what exceeds the environment's 4 KB; absent: none. */
  files?: Record<string, string>;
  /** Permissions for the handler's own calls. The function adds those for logs, traces, environment and dead letters. */
  permissions: Statement[];
  /** Use of the data key by these calls. */
  dataKeyUses: KeyUse[];
  /** Queue for failed asynchronous invocations; `undefined`: none, because a later invocation does the same work. */
  deadLetterQueue: aws.sqs.Queue | undefined;
  /** Most seconds of a run; absent: as configured. */
  timeoutSeconds?: number;
  /** Memory in MB; absent: as configured. */
  memoryMb?: number;
  /** `undefined`: none reserved. */
  reservedConcurrency: number | undefined;
  /** `undefined`: AWS's own network. */
  network: Network | undefined;
}

/** Creates a function with its bundle, its own role, and a log group that exists before the function does. */
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
          description: `Execution role of the function ${functionName}`,
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

    /**
     * Lets Lambda create network interfaces in the role's name, and denies the function's own code the same calls.
     * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
     */
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

    /** Creates the function. It depends on the policy, because Lambda checks at creation that the role can send to the dead-letter queue. */
    function createFunction(): aws.lambda.Function {
      return new aws.lambda.Function(
        `${name}-function`,
        {
          name: functionName,
          description: args.description,
          role: role.arn,
          runtime: aws.lambda.Runtime.NodeJS24dX,
          architectures: ["arm64"],
          handler: "index.handler",
          code: createArchive(),
          memorySize: args.memoryMb ?? config.lambdaMemoryMb,
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

    /** Returns the bundle, which is the same for all stacks, and the stack's own files. */
    function createArchive(): pulumi.asset.AssetArchive {
      const modules = Object.entries(handlerBundle(args.handler)).map(([name, file]) => [name, new pulumi.asset.FileAsset(file)] as const);
      const files = Object.entries(args.files ?? {}).map(([name, text]) => [name, new pulumi.asset.StringAsset(text)] as const);
      return new pulumi.asset.AssetArchive(Object.fromEntries<pulumi.asset.Asset>([...modules, ...files]));
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
