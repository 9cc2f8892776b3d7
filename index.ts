import * as pulumi from "@pulumi/pulumi";
import { WebhookPipeline } from "./components/webhookPipeline";
import { concurrencyWarning } from "./config/account";
import { loadConfig } from "./config/load";
import { stackOutputs } from "./outputs";
import { createProvider } from "./provider";

// Pulumi's SDK takes a stack trace for each property of each resource; ts-node brings every line back to TypeScript, which takes a third of
// a preview (docs/performance.md). To see where an error comes from, run pulumi with PULUMI_DEBUG_PROMISE_LEAKS=1.
if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;

const config = loadConfig();
const warning = concurrencyWarning(config.accountConcurrency);
if (warning) void pulumi.log.warn(warning);
const provider = createProvider(config);
const pipeline = new WebhookPipeline("webhook", { config }, { providers: { aws: provider } });

export = stackOutputs(pipeline);
