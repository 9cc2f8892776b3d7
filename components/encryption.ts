import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { consumerRoles, isHttps } from "../config/destinations";
import type { PipelineConfig } from "../config/schema";
import { handlerNames, logGroupName, type HandlerName, type NameKey } from "../domain/names";
import { protectedOptions, type StackContext } from "./lib/context";
import { document, type Statement } from "./lib/policies";

export interface EncryptionArgs {
  context: StackContext;
}

/** Creates the three customer-managed keys of the pipeline, each with yearly rotation. */
export class Encryption extends pulumi.ComponentResource {
  /** Encrypts the functions' environment variables. */
  readonly environmentKey: aws.kms.Key;
  /** Encrypts the log groups. */
  readonly logsKey: aws.kms.Key;
  /** Encrypts table, payloads, queue, topic and secrets. */
  readonly dataKey: aws.kms.Key;

  constructor(name: string, args: EncryptionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Encryption", name, {}, opts);
    const { context } = args;
    const { accountId, partition, config } = context;
    const parent = this;
    const consumers = consumerRoles(config.destinations);

    this.environmentKey = createKey("environment", "environmentKey", "Environment variables of the functions", []);
    this.logsKey = createKey("logs", "logsKey", "Log groups", [letCloudWatchLogsEncrypt()]);
    this.dataKey = createKey("data", "dataKey", "Events, payloads, dead letters, alerts and secrets", [
      letAlarmsPublish(),
      ...(config.destinations.length > 0 ? [letRulesSend()] : []),
      ...(consumers.length > 0 ? [letConsumersRead()] : []),
    ]);
    this.registerOutputs({ environmentKeyId: this.environmentKey.id, logsKeyId: this.logsKey.id, dataKeyId: this.dataKey.id });

    /** Creates a key. Its policy delegates to the account's IAM and adds only the given statements. */
    function createKey(child: string, alias: NameKey, description: string, statements: Statement[]): aws.kms.Key {
      const key = new aws.kms.Key(
        `${name}-${child}`,
        {
          description: `${description} (${config.environmentSuffix})`,
          enableKeyRotation: true,
          deletionWindowInDays: config.deletionProtection ? 30 : 7,
          policy: document([administerByIam(), ...statements]),
        },
        protectedOptions(context, parent),
      );
      new aws.kms.Alias(`${name}-${child}`, { name: `alias/${context.name(alias)}`, targetKeyId: key.id }, { parent: key });
      return key;
    }

    /**
     * Returns the default key policy: IAM policies of this account decide who may use the key.
     * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
     */
    function administerByIam(): Statement {
      return {
        Sid: "AdministerByIam",
        Effect: "Allow",
        Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      };
    }

    /**
     * Lets CloudWatch Logs use the key, for this stack's log groups only. The actions are AWS's own list, wildcards included.
     * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
     */
    function letCloudWatchLogsEncrypt(): Statement {
      return {
        Sid: "LetCloudWatchLogsEncrypt",
        Effect: "Allow",
        Principal: { Service: pulumi.interpolate`logs.${config.region}.amazonaws.com` },
        Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Resource: "*",
        Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": logGroupNames().map(logGroupArn) } },
      };
    }

    function logGroupNames(): string[] {
      return [
        ...handlersOf(config).map((handler) => logGroupName.lambda(context.name(handler))),
        logGroupName.stateMachine(context.name("stateMachine")),
        logGroupName.pipe(context.name("pipe")),
        logGroupName.apiAccess("*", context.name("api")),
        logGroupName.apiExecution("*", context.name("stage")),
        ...(config.waf ? [logGroupName.webAcl(context.name("webAcl"))] : []),
      ];
    }

    function logGroupArn(group: string): pulumi.Output<string> {
      return pulumi.interpolate`arn:${partition}:logs:${config.region}:${accountId}:log-group:${group}`;
    }

    /**
     * Lets CloudWatch alarms publish to the encrypted topic.
     * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
     */
    function letAlarmsPublish(): Statement {
      return {
        Sid: "LetAlarmsPublish",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      };
    }

    /**
     * Lets EventBridge send to the encrypted queues of the destinations, for rules of this account. It uses the key in its own name, with the
     * rule's account in the request: AWS's CDK limits the key of a target in the same way.
     * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
     * @see https://github.com/aws/aws-cdk/pull/22740
     */
    function letRulesSend(): Statement {
      return {
        Sid: "LetRulesSend",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      };
    }

    /**
     * Lets the consumers of queues decrypt messages that they receive. The key also encrypts payloads and secrets, which SQS never decrypts.
     * Another account's roles also need it in their own policies.
     * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
     */
    function letConsumersRead(): Statement {
      return {
        Sid: "LetConsumersRead",
        Effect: "Allow",
        Principal: { AWS: consumers },
        Action: ["kms:Decrypt"],
        Resource: "*",
        Condition: { StringEquals: { "kms:ViaService": `sqs.${config.region}.amazonaws.com` } },
      };
    }
  }
}

/** Returns the handlers that a stack has. */
function handlersOf({ destinations }: PipelineConfig): HandlerName[] {
  return handlerNames.filter((handler) => handler !== "deliver" || destinations.some(isHttps));
}
