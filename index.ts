import { disableStackTraces, withStackTraceHint } from "./components/lib/stackTraces";
import { stackOutputs } from "./components/stackOutputs";
import { WebhookPipeline } from "./components/webhookPipeline";
import { loadArgs } from "./config/load";
import { createProvider } from "./provider";

disableStackTraces();
const args = loadArgs();
const providers = { aws: createProvider(args) };
const pipeline = withStackTraceHint(() => new WebhookPipeline("webhook", args, { providers }));

export = stackOutputs(pipeline);
