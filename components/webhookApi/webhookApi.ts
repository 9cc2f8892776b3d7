import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import type { Source } from "../../config/sources";
import type { SourceSettings } from "../../domain/sources";
import { checkMethods, checksOf, signsBody, type CheckMethod } from "../../domain/description";
import { binaryContentTypes } from "../../domain/payload";
import { leaseSeconds } from "../../domain/processing";
import { Variable } from "../../domain/variables";
import { logGroupName, secretName, namePlaceholder, unsignedSecret } from "../../domain/names";
import { webhookPath } from "../../domain/paths";
import { accessLogFormat, countRefusals, createLoggingAccount } from "./logging";
import { protectedOptions, type StackContext } from "../lib/context";
import type { Encryption } from "../encryption";
import { LambdaFunction } from "../lib/lambdaFunction";
import { createLogGroup } from "../lib/logGroup";
import type { Network } from "../network";
import { allow, allowOnSourceSecrets } from "../lib/policies";
import { createSigningSecret } from "../lib/signingSecret";
import { sourcesFile } from "../lib/sourcesFile";
import type { EventStore } from "../eventStore/eventStore";
import { openApiDocument } from "./openApi";

export interface WebhookApiArgs {
  context: StackContext;
  encryption: Encryption;
  eventStore: EventStore;
  /** Network of the receiver; absent: AWS's own network. */
  network?: Network;
  /** API Gateway's logging account, if another pipeline creates it; absent: created here if `manageApiGatewayAccount` is set. */
  loggingAccount?: aws.apigateway.Account;
}

/** Receives webhooks: REST API, receiver, a secret per source, stage, throttling and logs. */
export class WebhookApi extends pulumi.ComponentResource {
  readonly api: aws.apigateway.RestApi;
  readonly stage: aws.apigateway.Stage;
  /** Lets API Gateway write logs, for the whole account and region; `undefined`: another stack has created it. */
  readonly loggingAccount: aws.apigateway.Account | undefined;
  readonly function: aws.lambda.Function;
  /** Signing secret of each source. Pulumi creates it without a value; operators set the value, so it never passes through Pulumi. */
  readonly secrets: Record<string, aws.secretsmanager.Secret>;
  /** Provider of each source. */
  readonly sources: Record<string, Pick<SourceSettings, "provider" | "description">>;
  /** URL to which each source posts. */
  readonly urls: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: WebhookApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:WebhookApi", name, {}, opts);
    const parent = this;
    const { context, encryption, eventStore, network } = args;
    const { config } = context;

    const checked = config.sources.map((source) => ({ ...source, checks: source.description ? checksOf(source.description) : [] }));

    const secrets = forEachSource(createSecret);
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
    this.sources = forEachSource(({ provider, description }) => ({ provider, ...(description && { description }) }));
    this.urls = forEachSource((source) => pulumi.interpolate`${stage.invokeUrl}${webhookPath(source.name)}`);
    this.registerOutputs({ apiId: api.id, urls: this.urls, functionName: receiver.name });

    /** Creates the secret of a source. Its description tells of a source that signs nothing. */
    function createSecret({ name: source, description }: Source): aws.secretsmanager.Secret {
      const kind = description && !signsBody(description) ? unsignedSecret : "Signing secret";
      const own = { secretName: secretName(source, config.environmentSuffix), what: `${kind} of the source ${source}` };
      return createSigningSecret(`${name}-${source}`, { context, encryption, ...own }, parent);
    }

    function forEachSource<T>(make: (source: Source) => T): Record<string, T> {
      return Object.fromEntries(config.sources.map((source) => [source.name, make(source)]));
    }

    /** Creates the logging account unless another stack of this account and region does. */
    function createOwnLoggingAccount(): aws.apigateway.Account | undefined {
      return config.manageApiGatewayAccount ? createLoggingAccount(name, context, parent) : undefined;
    }

    function createReceiver(): LambdaFunction {
      return new LambdaFunction(
        `${name}-receive`,
        {
          context,
          encryption,
          handler: "receive",
          description: "Verifies webhooks and stores each event once",
          environment: {
            [Variable.tableName]: eventStore.table.name,
            [Variable.sourceSecrets]: secretName(namePlaceholder, config.environmentSuffix),
            [Variable.payloadBucket]: eventStore.payloadBucket.id,
            [Variable.eventRetentionDays]: String(config.eventRetentionDays),
            [Variable.indexShards]: String(config.indexShards),
            [Variable.leaseSeconds]: String(leaseSeconds),
          },
          files: sourcesFile(config.sources),
          permissions: [
            allow("StoreEvents", ["dynamodb:PutItem"], eventStore.table.arn),
            allow("StoreLargePayloads", ["s3:PutObject"], pulumi.interpolate`${eventStore.payloadBucket.arn}/*`),
            allowOnSourceSecrets("ReadSigningSecrets", ["secretsmanager:GetSecretValue"], context),
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
      const document = {
        title: context.name("api"),
        sources: checked,
        binaryContentTypes: binaryContentTypes(config.sources.flatMap(({ description }) => description?.mediaTypes ?? [])),
      };
      return new aws.apigateway.RestApi(
        name,
        {
          name: context.name("api"),
          description: `Receives webhooks from ${checked.map((source) => source.name).join(", ")}`,
          endpointConfiguration: { types: "REGIONAL" },
          body: pulumi.jsonStringify(receiver.invokeArn.apply((receiverInvokeArn) => openApiDocument({ ...document, receiverInvokeArn }))),
          // With true, any warning undoes the import and fails the first deployment of every stack. Only AWS knows which warnings this
          // document raises. Set it to true after an import without warnings.
          failOnWarnings: false,
        },
        protectedOptions(context, parent),
      );
    }

    function letApiInvokeReceiver(): aws.lambda.Permission[] {
      const used = checkMethods.filter((method) => checked.some(({ checks }) => checks.includes(method)));
      return (["POST", ...used] as const).map(
        (method) =>
          new aws.lambda.Permission(
            `${name}-invokes-receive${childSuffix[method]}`,
            {
              action: "lambda:InvokeFunction",
              function: receiver.name,
              principal: "apigateway.amazonaws.com",
              sourceArn: pulumi.interpolate`${api.executionArn}/${context.name("stage")}/${method}${webhookPath("*")}`,
            },
            { parent },
          ),
      );
    }

    /** Creates a deployment, which is a snapshot of the body. A changed body needs a new one, created before the stage loses the old one. */
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
        { parent, dependsOn: invocation },
      );
    }

    /** Creates the stage. It depends on the logging account: without one, API Gateway refuses a stage with logging. */
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

    /** Creates settings per source, so that each source has its own throttle. All other methods share the stage's. */
    function createMethodSettings(): void {
      createSettings(name, "*/*", config.stageThrottle);
      for (const { name: source, throttle, checks } of checked)
        for (const method of ["POST", ...checks] as const)
          createSettings(`${name}-${source}${childSuffix[method]}`, settingsPath(source, method), throttle);
    }

    function createSettings(child: string, methodPath: string, throttle: Source["throttle"]): aws.apigateway.MethodSettings {
      const settings = {
        metricsEnabled: true,
        // The access log has a line for each request. INFO adds a dozen, for more than the table's storage costs.
        loggingLevel: "ERROR",
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

/** Ends of the logical names of a source's resources, by method. */
const childSuffix: Readonly<Record<"POST" | CheckMethod, string>> = { POST: "", GET: "-challenge", HEAD: "-head" };

/**
 * Returns the path by which a stage's settings refer to a source's method: a slash is written as ~1.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
 */
function settingsPath(source: string, method: "POST" | CheckMethod): string {
  return `${webhookPath(source).replaceAll("/", "~1")}/${method}`;
}

/** Converts a rate to API Gateway's, which is per second and may be a fraction. */
function perSecond(perMinute: number): number {
  return Math.round((perMinute / 60) * 100) / 100;
}
