import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { concurrencyWarning } from "../config/account";
import type { PipelineArgs } from "../config/args";
import { isHttps } from "../config/destinations";
import { argumentsOf, configOf } from "../config/fromArgs";
import { Alerting } from "./alerting/alerting";
import { Audit } from "./audit";
import { CustomDomain } from "./customDomain";
import { Deliveries } from "./destinations/deliveries";
import { Destination } from "./destinations/destination";
import { Encryption } from "./encryption";
import { EventStore } from "./eventStore/eventStore";
import { Firewall } from "./firewall";
import { createContext, type StackContext } from "./lib/context";
import { nameProblem, ownersOfProgram, requireOwnNames } from "./lib/ownNames";
import { Network } from "./network";
import type { PipelineOutputs } from "./outputTypes";
import { outputsOf } from "./pipelineOutputs";
import { Processor } from "./processor";
import { Reconciler } from "./reconciler";
import { stackOutputs } from "./stackOutputs";
import { shareLoggingAccount, sharedLoggingAccount } from "./webhookApi/loggingAccounts";
import { WebhookApi } from "./webhookApi/webhookApi";
import { Workflow } from "./workflow/workflow";

/** Settings of a pipeline, none of which is required. */
export interface WebhookPipelineArgs extends PipelineArgs {
  /**
   * API Gateway's logging account, of which a region has one, if something else in the program creates it.
   * @default the one of an earlier pipeline in the program; else created by this one, unless `manageApiGatewayAccount` is false
   */
  loggingAccount?: aws.apigateway.Account;
}

/**
 * Receives webhooks, stores each event once, processes and publishes it. It creates all services of a pipeline, in the order of an event's
 * timeline. Names of children begin with the pipeline's own name, so one stack can hold several.
 *
 * @example
 * const pipeline = new WebhookPipeline("hooks", { sources: ["stripe"] });
 * export const url = pipeline.urls.stripe;
 */
export class WebhookPipeline extends pulumi.ComponentResource implements PipelineOutputs {
  readonly context: StackContext;
  readonly encryption: Encryption;
  /** `undefined` if the functions run in AWS's own network. */
  readonly network: Network | undefined;
  readonly eventStore: EventStore;
  readonly webhookApi: WebhookApi;
  readonly processor: Processor;
  readonly workflow: Workflow;
  readonly reconciler: Reconciler;
  /** What posts events to destinations; `undefined`: there is no destination of the type `https`. */
  readonly deliveries: Deliveries | undefined;
  /** By name. */
  readonly destinations: Readonly<Record<string, Destination>>;
  readonly alerting: Alerting;

  // The interface has the meanings of the outputs. Editors show them here, too.
  readonly urls: pulumi.Output<Record<string, string>>;
  readonly secretArns: pulumi.Output<Record<string, string>>;
  readonly tableName: pulumi.Output<string>;
  readonly payloadBucketName: pulumi.Output<string>;
  readonly eventBusName: pulumi.Output<string>;
  readonly eventBusArn: pulumi.Output<string>;
  readonly deadLetterQueueUrl: pulumi.Output<string>;
  readonly alertTopicArn: pulumi.Output<string>;
  readonly dashboardUrl: pulumi.Output<string>;
  readonly dataKeyArn: pulumi.Output<string>;
  readonly destinationQueueUrls: pulumi.Output<Record<string, string>>;
  readonly destinationQueueArns: pulumi.Output<Record<string, string>>;
  readonly destinationSecretArns: pulumi.Output<Record<string, string>>;
  readonly egressAddresses: pulumi.Output<string[]>;
  readonly operatorPolicy: pulumi.Output<string>;
  readonly consolePolicy: pulumi.Output<string>;
  readonly secretsPolicy: pulumi.Output<string>;
  readonly stackOutputs: pulumi.Output<Record<string, unknown>>;

  /**
   * @param name begins the names of all children, and is the `environmentSuffix` unless that is set
   * @throws InputPropertiesError with everything that is wrong with the arguments; RunError if an earlier pipeline has the same names
   */
  constructor(name: string, args: WebhookPipelineArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:WebhookPipeline", name, {}, opts);
    const { loggingAccount: given, ...settings } = argumentsOf(name, args);
    const config = configOf(name, settings);
    requireOwnNames(this.getProvider("aws:dynamodb/table:Table"), name, config);
    const loggingAccount = given ?? (settings.manageApiGatewayAccount === undefined ? sharedLoggingAccount(config) : undefined);
    const warning = concurrencyWarning(config.accountConcurrency);
    if (warning) void pulumi.log.warn(warning, this);
    const inPipeline = { parent: this };
    const owners = ownersOfProgram();
    const context = createContext(config, this, (account) => nameProblem(owners, name, account, config));

    const encryption = new Encryption(`${name}-encryption`, { context }, inPipeline);
    const network = config.network === "private" ? new Network(`${name}-network`, { context }, inPipeline) : undefined;
    const eventStore = new EventStore(`${name}-event-store`, { context, encryption }, inPipeline);
    const webhookApi = new WebhookApi(`${name}-api`, { context, encryption, eventStore, network, loggingAccount }, inPipeline);
    const processor = new Processor(`${name}-processor`, { context, encryption, eventStore, network }, inPipeline);
    const workflow = new Workflow(`${name}-workflow`, { context, encryption, eventStore, processor }, inPipeline);
    const reconciler = new Reconciler(`${name}-reconciler`, { context, encryption, eventStore, network }, inPipeline);
    const deliveries = config.destinations.some(isHttps)
      ? new Deliveries(`${name}-deliveries`, { context, encryption, eventStore, network }, inPipeline)
      : undefined;
    const destinations = createDestinations();
    const watched = { eventStore, webhookApi, processor, workflow, reconciler, deliveries, destinations };
    const alerting = new Alerting(`${name}-alerting`, { context, encryption, ...watched }, inPipeline);
    const { domain } = config;
    const customDomain = domain && new CustomDomain(`${name}-domain`, { context, webhookApi, domain }, inPipeline);
    if (webhookApi.loggingAccount) shareLoggingAccount(config, webhookApi.loggingAccount);
    if (config.waf) new Firewall(`${name}-firewall`, { context, encryption, webhookApi }, inPipeline);
    if (config.auditTrail) new Audit(`${name}-audit`, { context, eventStore }, inPipeline);

    this.context = context;
    this.encryption = encryption;
    this.network = network;
    this.eventStore = eventStore;
    this.webhookApi = webhookApi;
    this.processor = processor;
    this.workflow = workflow;
    this.reconciler = reconciler;
    this.deliveries = deliveries;
    this.destinations = destinations;
    this.alerting = alerting;
    const parts = { context, encryption, network, eventStore, webhookApi, workflow, reconciler, deliveries, destinations, alerting };
    const outputs = outputsOf({ ...parts, customDomain });
    this.urls = outputs.urls;
    this.secretArns = outputs.secretArns;
    this.tableName = outputs.tableName;
    this.payloadBucketName = outputs.payloadBucketName;
    this.eventBusName = outputs.eventBusName;
    this.eventBusArn = outputs.eventBusArn;
    this.deadLetterQueueUrl = outputs.deadLetterQueueUrl;
    this.alertTopicArn = outputs.alertTopicArn;
    this.dashboardUrl = outputs.dashboardUrl;
    this.dataKeyArn = outputs.dataKeyArn;
    this.destinationQueueUrls = outputs.destinationQueueUrls;
    this.destinationQueueArns = outputs.destinationQueueArns;
    this.destinationSecretArns = outputs.destinationSecretArns;
    this.egressAddresses = outputs.egressAddresses;
    this.operatorPolicy = outputs.operatorPolicy;
    this.consolePolicy = outputs.consolePolicy;
    this.secretsPolicy = outputs.secretsPolicy;
    this.stackOutputs = pulumi.output(stackOutputs(this)) as pulumi.Output<unknown> as pulumi.Output<Record<string, unknown>>;
    this.registerOutputs({ ...outputs, stackOutputs: this.stackOutputs });

    function createDestinations(): Record<string, Destination> {
      const { eventBus } = workflow;
      const create = (destination: (typeof config.destinations)[number]) =>
        new Destination(`${name}-to-${destination.name}`, { context, encryption, eventBus, destination, deliveries }, inPipeline);
      return Object.fromEntries(config.destinations.map((destination) => [destination.name, create(destination)]));
    }
  }
}
