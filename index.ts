import * as pulumi from "@pulumi/pulumi";
import { disableStackTraces, withStackTraceHint } from "./components/lib/stackTraces";
import { stackOutputs } from "./components/stackOutputs";
import { WebhookPipeline } from "./components/webhookPipeline";
import { concurrencyWarning } from "./config/account";
import { loadConfig } from "./config/load";
import { createProvider } from "./provider";

disableStackTraces();
const config = loadConfig();
const warning = concurrencyWarning(config.accountConcurrency);
if (warning) void pulumi.log.warn(warning);
const provider = createProvider(config);
const pipeline = withStackTraceHint(() => new WebhookPipeline("webhook", { config }, { providers: { aws: provider } }));

export = stackOutputs(pipeline);
