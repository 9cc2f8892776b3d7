import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isHttps } from "../config/destinations";
import type { PipelineConfig } from "../config/schema";
import { Alerting } from "./alerting/alerting";
import { Audit } from "./audit";
import { CustomDomain } from "./customDomain";
import { Deliveries } from "./destinations/deliveries";
import { Destination } from "./destinations/destination";
import { Encryption } from "./encryption";
import { EventStore } from "./eventStore/eventStore";
import { Firewall } from "./firewall";
import { createContext, type StackContext } from "./lib/context";
import { Network } from "./network";
import { Processor } from "./processor";
import { Reconciler } from "./reconciler";
import { WebhookApi } from "./webhookApi/webhookApi";
import { Workflow } from "./workflow/workflow";

export interface WebhookPipelineArgs {
  /**
   * Checked configuration. Every physical name ends in its `environmentSuffix`, so two pipelines of one account and region need different
   * ones.
   */
  config: PipelineConfig;
  /**
   * API Gateway's logging account, of which a region has one. A second pipeline takes the first one's `webhookApi.loggingAccount`.
   * @default created by this pipeline if `manageApiGatewayAccount` is set
   */
  loggingAccount?: aws.apigateway.Account;
}

/**
 * Receives webhooks, stores each event once, processes and publishes it. It creates all services of a pipeline, in the order of an event's
 * timeline. Names of children begin with the pipeline's own name, so one stack can hold several.
 *
 * @example
 * new WebhookPipeline("webhook", { config }, { providers: { aws: createProvider(config) } });
 */
export class WebhookPipeline extends pulumi.ComponentResource {
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
  /** URL to which each source posts; under the pipeline's own domain, if it has one. */
  readonly urls: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: WebhookPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:WebhookPipeline", name, {}, opts);
    const { config, loggingAccount } = args;
    const inPipeline = { parent: this };
    const context = createContext(config, this);

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
    this.urls = (customDomain ?? webhookApi).urls;
    this.registerOutputs({ urls: this.urls });

    function createDestinations(): Record<string, Destination> {
      const { eventBus } = workflow;
      const create = (destination: (typeof config.destinations)[number]) =>
        new Destination(`${name}-to-${destination.name}`, { context, encryption, eventBus, destination, deliveries }, inPipeline);
      return Object.fromEntries(config.destinations.map((destination) => [destination.name, create(destination)]));
    }
  }
}
