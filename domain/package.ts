/** Name of the package in Pulumi's schema. Types of resources begin with it. */
export const packageName = "webhook";

/** Describes the package in registries and generated SDKs. */
export const packageDescription =
  "Receives webhooks in your own AWS account: verifies signatures, stores each event once, normalizes payments, and delivers to your services.";
