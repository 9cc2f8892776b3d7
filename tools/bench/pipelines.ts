import "../../components/quickStart";
import { ComponentResource, Config } from "@pulumi/pulumi";
import { Alerting } from "../../components/alerting/alerting";
import { createContext } from "../../components/lib/context";
import { Encryption } from "../../components/encryption";
import { Processor } from "../../components/processor";
import { Reconciler } from "../../components/reconciler";
import { WebhookApi } from "../../components/webhookApi/webhookApi";
import { Workflow } from "../../components/workflow/workflow";
import { loadConfig } from "../../config/load";
import { createProvider } from "../../provider";

/** A Pulumi program of many pipelines in one stack, to see how a preview grows. */
const config = loadConfig();
const provider = createProvider(config);
const count = new Config("bench").requireNumber("pipelines");
for (let number = 1; number <= count; number++) createPipeline(number);

/** A URN has its parents' types in it, but not their names: hence a type for each. */
function createPipeline(number: number): void {
  const parent = new ComponentResource(`bench:index:Pipeline${number}`, `pipeline-${number}`);
  const context = createContext({ ...config, environmentSuffix: `${config.environmentSuffix}-${number}` }, provider);
  const options = { parent, providers: { aws: provider } };
  const network = undefined;
  const encryption = new Encryption("encryption", { context }, options);
  const processor = new Processor("processor", { context, encryption, network }, options);
  const reconciler = new Reconciler("reconciler", { context, encryption, processor, network }, options);
  const workflow = new Workflow("workflow", { context, encryption, processor }, options);
  const webhookApi = new WebhookApi("webhook-api", { context, encryption, processor, network }, options);
  new Alerting("alerting", { context, encryption, processor, reconciler, workflow, webhookApi }, options);
}
