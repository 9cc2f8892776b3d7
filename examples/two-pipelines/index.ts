import * as aws from "@pulumi/aws";
import { WebhookPipeline } from "webhook-pipeline";

/** Creates a team's pipeline under a provider of its own, whose tags tell its costs. */
function pipelineOf(team: string, sources: string[]): WebhookPipeline {
  const tags = { Team: team, ManagedBy: "pulumi" };
  const provider = new aws.Provider(team, { region: aws.config.region, defaultTags: { tags } });
  return new WebhookPipeline(team, { sources }, { providers: { aws: provider } });
}

const payments = pipelineOf("payments", ["stripe", "adyen"]);
const platform = pipelineOf("platform", ["github"]);

export const urls = { payments: payments.urls, platform: platform.urls };
