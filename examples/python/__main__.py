"""Receives the webhooks of two sources, and delivers refunds to a queue."""

import pulumi
import pulumi_webhook as webhook

pipeline = webhook.WebhookPipeline(
    "hooks",
    sources=["stripe", webhook.SourceArgs(name="shop", provider="shopify")],
    destinations=[webhook.DestinationArgs(name="refunds", type="queue", kinds=["refund"])],
)

pulumi.export("urls", pipeline.urls)
pulumi.export("refundsQueueUrl", pipeline.destination_queue_urls["refunds"])
