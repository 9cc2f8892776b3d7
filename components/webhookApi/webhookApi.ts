import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { settingsBySource, type Source } from "../../config/sources";
import type { ProviderName } from "../../domain/sources";
import { Variable } from "../../domain/variables";
import { logGroupName, secretName } from "../../domain/names";
import { webhookPath } from "../../domain/paths";
import { accessLogFormat, countRefusals, createLoggingAccount } from "./logging";
import { protectedOptions, type StackContext } from "../lib/context";
import type { Encryption } from "../encryption";
import { LambdaFunction } from "../lib/lambdaFunction";
import { createLogGroup } from "../lib/logGroup";
import type { Network } from "../network";
import { allow } from "../lib/policies";
import type { EventStore } from "../eventStore/eventStore";
import { openApiDocument } from "./openApi";

export interface WebhookApiArgs {
  context: StackContext;
  encryption: Encryption;
  eventStore: EventStore;
  /** Where the receiver runs; `undefined`: in AWS's own network. */
  network: Network | undefined;
  /** The account's role for API Gateway's logs, if another pipeline makes it; `undefined`: made here, if the configuration asks for it. */
  loggingAccount: aws.apigateway.Account | undefined;
}

/** Receives webhooks: REST API, receiver, a secret for each source, stage, throttling and logs. */
export class WebhookApi extends pulumi.ComponentResource {
  readonly api: aws.apigateway.RestApi;
  readonly stage: aws.apigateway.Stage;
  /** Lets API Gateway write logs, for the whole account and region; `undefined`: somebody else has seen to it. */
  readonly loggingAccount: aws.apigateway.Account | undefined;
  readonly function: aws.lambda.Function;
  /** The signing secret of each source. Made without a value: operators put it, so it never passes through Pulumi. */
  readonly secrets: Record<string, aws.secretsmanager.Secret>;
  /** How each source signs. */
  readonly providers: Record<string, ProviderName>;
  /** Where each source posts to. */
  readonly urls: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: WebhookApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:WebhookApi", name, {}, opts);
    const parent = this;
    const { context, encryption, eventStore, network } = args;
    const { config } = context;

    const secrets = createSecrets();
    const receiver = createReceiver().function;
    const api = createApi();
    const invocation = letApiInvokeReceiver();
    const deployment = createDeployment();
    const loggingAccount = args.loggingAccount ?? createOwnLoggingAccount();
    const stage = createStage();
    createMethodSettings();
    this.api = api;
    this.stage = stage;
    this.loggingAccount = loggingAccount;
    this.function = receiver;
    this.secrets = secrets;
    this.providers = Object.fromEntries(config.sources.map(({ name, provider }) => [name, provider]));
    this.urls = forEachSource((source) => pulumi.interpolate`${stage.invokeUrl}${webhookPath(source)}`);
    this.registerOutputs({ apiId: api.id, urls: this.urls, functionName: receiver.name });

    function forEachSource<T>(make: (name: string) => T): Record<string, T> {
      return Object.fromEntries(config.sources.map(({ name }) => [name, make(name)]));
    }

    /** One stack of an account and region has it. */
    function createOwnLoggingAccount(): aws.apigateway.Account | undefined {
      return config.manageApiGatewayAccount ? createLoggingAccount(name, context, parent) : undefined;
    }

    function createSecrets() {
      return forEachSource(
        (source) =>
          new aws.secretsmanager.Secret(
            `${name}-${source}`,
            {
              name: secretName(source, config.environmentSuffix),
              description: `Signing secret of ${source}'s webhooks; two are valid while one is rotated`,
              kmsKeyId: encryption.dataKey.arn,
              recoveryWindowInDays: config.deletionProtection ? 30 : 0,
            },
            protectedOptions(context, parent),
          ),
      );
    }

    function createReceiver(): LambdaFunction {
      const secretArns = Object.values(secrets).map(({ arn }) => arn);
      return new LambdaFunction(
        `${name}-receive`,
        {
          context,
          encryption,
          handler: "receive",
          description: "Verifies a webhook and stores it exactly once",
          environment: {
            [Variable.tableName]: eventStore.table.name,
            [Variable.sourceSecrets]: pulumi.jsonStringify(forEachSource((source) => secrets[source].arn)),
            [Variable.sourceSettings]: JSON.stringify(settingsBySource(config.sources)),
            [Variable.payloadBucket]: eventStore.payloadBucket.id,
            [Variable.eventRetentionDays]: String(config.eventRetentionDays),
          },
          permissions: [
            allow("StoreEvents", ["dynamodb:PutItem"], eventStore.table.arn),
            allow("StoreLargePayloads", ["s3:PutObject"], pulumi.interpolate`${eventStore.payloadBucket.arn}/*`),
            allow("ReadSigningSecrets", ["secretsmanager:GetSecretValue"], secretArns),
          ],
          dataKeyUses: ["table", "read"],
          deadLetterQueue: eventStore.deadLetterQueue,
          reservedConcurrency: config.receiverReservedConcurrency,
          network,
        },
        { parent },
      );
    }

    function createApi(): aws.apigateway.RestApi {
      const sourceNames = config.sources.map(({ name }) => name);
      return new aws.apigateway.RestApi(
        name,
        {
          name: context.name("api"),
          description: `Webhooks of ${sourceNames.join(", ")}`,
          endpointConfiguration: { types: "REGIONAL" },
          body: pulumi.jsonStringify(
            receiver.invokeArn.apply((receiverInvokeArn) =>
              openApiDocument({ title: context.name("api"), sources: sourceNames, receiverInvokeArn }),
            ),
          ),
          // With true, any warning takes the import back, and with it the first deployment of every stack. Which warnings this document
          // raises only AWS can tell: true may come back once an import without one has been seen.
          failOnWarnings: false,
        },
        protectedOptions(context, parent),
      );
    }

    function letApiInvokeReceiver(): aws.lambda.Permission {
      return new aws.lambda.Permission(
        `${name}-invokes-receive`,
        {
          action: "lambda:InvokeFunction",
          function: receiver.name,
          principal: "apigateway.amazonaws.com",
          sourceArn: pulumi.interpolate`${api.executionArn}/${context.name("stage")}/POST${webhookPath("*")}`,
        },
        { parent },
      );
    }

    /** A deployment is a snapshot: another body needs another one, made before the old one goes, or the stage would be without. */
    function createDeployment(): aws.apigateway.Deployment {
      return new aws.apigateway.Deployment(
        name,
        {
          restApi: api.id,
          triggers: {
            body: api.body.apply((body) =>
              createHash("sha256")
                .update(body ?? "")
                .digest("hex"),
            ),
          },
        },
        { parent, dependsOn: [invocation] },
      );
    }

    /** API Gateway refuses a stage with logging while the account has no logging role: hence the dependency. */
    function createStage(): aws.apigateway.Stage {
      const accessLog = createLogGroup(
        `${name}-access-log`,
        api.id.apply((id) => logGroupName.apiAccess(id, context.name("api"))),
        args,
        parent,
      );
      const executionLog = createLogGroup(
        `${name}-execution-log`,
        api.id.apply((id) => logGroupName.apiExecution(id, context.name("stage"))),
        args,
        parent,
      );
      countRefusals(name, context, accessLog, parent);
      return new aws.apigateway.Stage(
        name,
        {
          restApi: api.id,
          deployment: deployment.id,
          stageName: context.name("stage"),
          xrayTracingEnabled: true,
          accessLogSettings: { destinationArn: accessLog.arn, format: accessLogFormat() },
        },
        { ...protectedOptions(context, parent), dependsOn: [executionLog, ...(loggingAccount ? [loggingAccount] : [])] },
      );
    }

    /** Each source's method has settings of its own, and with them a bucket of its own; whatever else there is has the stage's. */
    function createMethodSettings(): void {
      createSettings(name, "*/*", config.stageThrottle);
      for (const { name: source, throttle } of config.sources) createSettings(`${name}-${source}`, settingsPath(source), throttle);
    }

    function createSettings(child: string, methodPath: string, throttle: Source["throttle"]): aws.apigateway.MethodSettings {
      const settings = {
        metricsEnabled: true,
        loggingLevel: "INFO",
        dataTraceEnabled: false,
        throttlingRateLimit: perSecond(throttle.requestsPerMinute),
        throttlingBurstLimit: throttle.burst,
      };
      return new aws.apigateway.MethodSettings(
        child,
        { restApi: api.id, stageName: stage.stageName, methodPath, settings },
        protectedOptions(context, parent),
      );
    }
  }
}

/** How API Gateway names a method among its stage's settings: a slash of the path is ~1.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch */
function settingsPath(source: string): string {
  return `${webhookPath(source).replaceAll("/", "~1")}/POST`;
}

/** API Gateway's rate is per second, and takes fractions. */
function perSecond(perMinute: number): number {
  return Math.round((perMinute / 60) * 100) / 100;
}
