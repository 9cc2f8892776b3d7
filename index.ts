import "./components/quickStart";
import * as pulumi from "@pulumi/pulumi";
import { Alerting } from "./components/alerting/alerting";
import { Audit } from "./components/audit";
import { createContext } from "./components/lib/context";
import { CustomDomain } from "./components/customDomain";
import { Encryption } from "./components/encryption";
import { Firewall } from "./components/firewall";
import { Network } from "./components/network";
import { Processor } from "./components/processor";
import { Reconciler } from "./components/reconciler";
import { WebhookApi } from "./components/webhookApi/webhookApi";
import { Workflow } from "./components/workflow/workflow";
import { loadConfig } from "./config/load";
import { concurrencyWarning } from "./config/account";
import { stackOutputs } from "./outputs";
import { createProvider } from "./provider";

const config = loadConfig();
const warning = concurrencyWarning(config.accountConcurrency);
if (warning) void pulumi.log.warn(warning);
const provider = createProvider(config);
const context = createContext(config, provider);
const inAccount = { providers: { aws: provider } };

const encryption = new Encryption("encryption", { context }, inAccount);
const network = config.network === "private" ? new Network("network", { context }, inAccount) : undefined;
const processor = new Processor("processor", { context, encryption, network }, inAccount);
const reconciler = new Reconciler("reconciler", { context, encryption, processor, network }, inAccount);
const workflow = new Workflow("workflow", { context, encryption, processor }, inAccount);
const webhookApi = new WebhookApi("webhook-api", { context, encryption, processor, network }, inAccount);
const alerting = new Alerting("alerting", { context, encryption, processor, reconciler, workflow, webhookApi }, inAccount);
const { domain } = config;
const customDomain = domain && new CustomDomain("custom-domain", { context, webhookApi, domain }, inAccount);
if (config.waf) new Firewall("firewall", { context, encryption, webhookApi }, inAccount);
if (config.auditTrail) new Audit("audit", { context, processor }, inAccount);

export const {
  webhookUrls,
  apiId,
  stageName,
  secretArns,
  providers,
  receiveFunctionName,
  processFunctionName,
  reconcileFunctionName,
  tableName,
  payloadBucketName,
  stateMachineArn,
  pipeName,
  deadLetterQueueUrl,
  eventBusName,
  eventArchiveName,
  operatorPolicy,
  secretsPolicy,
  alertTopicArn,
  dashboardUrl,
  environmentKeyId,
  logsKeyId,
  dataKeyId,
} = stackOutputs({ encryption, processor, reconciler, workflow, webhookApi, customDomain, alerting });
