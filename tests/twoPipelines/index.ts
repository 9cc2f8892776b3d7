import { WebhookPipeline } from "../../components/webhookPipeline";
import { loadConfig } from "../../config/load";
import { createProvider } from "../../provider";

/** Pulumi program with two pipelines in one stack, which share the account's logging role. */
const config = loadConfig();
const blue = pipelineOf("blue");
pipelineOf("green", blue);

function pipelineOf(environmentSuffix: string, other?: WebhookPipeline): WebhookPipeline {
  const own = { ...config, environmentSuffix };
  const aws = createProvider(own, `aws-${environmentSuffix}`);
  const loggingAccount = other?.webhookApi.loggingAccount;
  return new WebhookPipeline(environmentSuffix, { config: own, loggingAccount }, { providers: { aws } });
}
