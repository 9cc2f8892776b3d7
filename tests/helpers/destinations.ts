import type { DestinationSettings } from "../../domain/destinations";

/** Configuration of a destination to which the pipeline posts. */
export const postedOrders = { name: "orders", url: "https://orders.example.com/webhooks" } as const;

/** Settings that a destination has if nothing else is configured. */
export const usualSettings = {
  payload: "none",
  timeoutSeconds: 15,
  maxConcurrency: 2,
  retryHours: 72,
  auth: "none",
} as const satisfies Omit<DestinationSettings, "url">;

/** Returns the URL of a queue in the tests' account and region. */
export const queueUrl = (name: string): string => `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`;
