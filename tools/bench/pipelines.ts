import { Config } from "@pulumi/pulumi";
import { WebhookPipeline } from "../../components/webhookPipeline";
import { loadConfig } from "../../config/load";
import { createProvider } from "../../provider";

Error.stackTraceLimit = 0;

/** A Pulumi program with many pipelines in one stack, to measure how a preview grows. */
const config = loadConfig();
const providers = { aws: createProvider(config) };
const count = new Config("bench").requireNumber("pipelines");
let first: WebhookPipeline | undefined;
for (let number = 1; number <= count; number++) {
  const environmentSuffix = `${config.environmentSuffix}-${number}`;
  const args = { config: { ...config, environmentSuffix }, loggingAccount: first?.webhookApi.loggingAccount };
  const pipeline = new WebhookPipeline(`webhook-${number}`, args, { providers });
  first ??= pipeline;
}
