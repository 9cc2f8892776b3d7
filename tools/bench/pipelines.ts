import { Config } from "@pulumi/pulumi";
import { WebhookPipeline } from "../../components/webhookPipeline";
import { loadArgs } from "../../config/load";
import { createProvider } from "../../provider";

Error.stackTraceLimit = 0;

/** A Pulumi program with many pipelines in one stack, to measure how a preview grows. */
const args = loadArgs();
const providers = { aws: createProvider(args) };
const count = new Config("bench").requireNumber("pipelines");
for (let number = 1; number <= count; number++)
  new WebhookPipeline(`webhook-${number}`, { ...args, environmentSuffix: `${args.environmentSuffix}-${number}` }, { providers });
