import { WebhookPipeline } from "webhook-pipeline";

const pipeline = new WebhookPipeline("hooks", { sources: ["stripe"] });
export const url = pipeline.urls.stripe;
