import { WebhookPipeline } from "../../components/webhookPipeline";
import { loadArgs } from "../../config/load";
import { createProvider } from "../../provider";

/** Pulumi program with two pipelines in one stack, which share the account's logging role. */
const args = loadArgs();
for (const name of ["blue", "green"]) {
  const own = { ...args, environmentSuffix: name };
  new WebhookPipeline(name, own, { providers: { aws: createProvider(own, `aws-${name}`) } });
}
