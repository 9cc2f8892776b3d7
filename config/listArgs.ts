import type { Input } from "@pulumi/pulumi";
import type { z } from "zod";
import type { descriptionSchema } from "./description";

// Written by npm run fix from the schemas of this folder.

/** A sender of webhooks, with a name, a URL and a secret. */
export interface SourceArgs {
  /**
   * Name in URL, secret, transaction ID and metrics. Without it, the provider's name.
   * Allowed: at most 40 lower-case letters, digits and single hyphens, beginning with a letter.
   */
  name?: string;
  /** Whose scheme the source signs with: a name of the catalog (docs/providers.md), or custom. */
  provider: string;
  /** How the source signs and where its events say what they are, with the provider custom (docs/providers.md). */
  description?: z.input<typeof descriptionSchema>;
  /**
   * true: you accept that the provider does not sign its events. Their kind is other.
   * Allowed: true.
   */
  unsigned?: true;
  /**
   * Event filter: types that are stored. * stands for any part of a type. Other events are acknowledged and counted.
   * Allowed: a list of event types, such as [payment_intent.*, charge.dispute.*]; at least 1.
   */
  events?: readonly string[];
  /**
   * CIDR blocks that may send requests. Without it, every address may send.
   * Allowed: a list of networks in CIDR notation, such as [192.30.252.0/22, 2a0a:a440::/29]; at least 1.
   */
  allowedCidrs?: readonly string[];
  /**
   * What to do with test events of this source. Without it, what the pipeline does.
   * Allowed: accept or ignore.
   */
  testEvents?: "accept" | "ignore";
  /** Requests that the API accepts from this source: requestsPerMinute in the long run, burst at once. */
  throttle?: ThrottleArgs;
}

/** Requests that the API accepts from a source. */
export interface ThrottleArgs {
  /** Allowed: a whole number of requests from 1 to 6,000,000. */
  requestsPerMinute?: number;
  /** Allowed: a whole number of requests from 1 to 50,000. */
  burst?: number;
}

/** Where events are delivered to: an HTTPS endpoint, or a queue that services poll. */
export interface DestinationArgs {
  /**
   * Names the rule, the queue, the secret and the alarms.
   * Allowed: at most 20 lower-case letters, digits and hyphens, beginning with a letter, but not with listen-.
   */
  name: string;
  /**
   * https: the pipeline posts events. queue: your services poll a queue.
   * Allowed: https or queue.
   * @default "https"
   */
  type?: "https" | "queue";
  /**
   * Where events are posted to. It is no secret. Required with the type https.
   * Allowed: an https URL with a host name, without user name, password and fragment, such as https://orders.example.com/webhooks.
   */
  url?: string;
  /**
   * Sends only events of these kinds.
   * Allowed: a list of kinds, such as [refund, dispute]; at least 1.
   */
  kinds?: readonly (
    | "payment.authorized"
    | "payment.succeeded"
    | "payment.failed"
    | "payment.canceled"
    | "refund"
    | "refund.failed"
    | "dispute"
    | "payout"
    | "other"
  )[];
  /**
   * Sends only events of these sources.
   * Allowed: a list of names of sources, such as [stripe]; at least 1.
   */
  sources?: readonly string[];
  /**
   * Sends only events of these types. * stands for any part of a type.
   * Allowed: a list of event types, such as [payment_intent.*, charge.dispute.*]; at least 1.
   */
  eventTypes?: readonly string[];
  /**
   * What a request contains beside IDs and classification. Without it, nothing.
   * Allowed: none, normalized, full.
   */
  payload?: "none" | "normalized" | "full";
  /**
   * Seconds within which your service must answer. Without it, 15.
   * Allowed: a whole number of seconds from 1 to 30.
   */
  timeoutSeconds?: number;
  /**
   * Requests at once. Without it, 2.
   * Allowed: a whole number of requests at once from 2 to 100.
   */
  maxConcurrency?: number;
  /**
   * Requests per second. Without it, there is no limit.
   * Allowed: a whole number of requests per second from 1 to 1,000.
   */
  maxPerSecond?: number;
  /**
   * Hours for which a delivery is tried again. Without it, 72.
   * Allowed: a whole number of hours from 1 to 168.
   */
  retryHours?: number;
  /**
   * Adds Authorization: Basic or Bearer, with the values in the destination's secret.
   * Allowed: none, basic, bearer.
   */
  auth?: "none" | "basic" | "bearer";
  /**
   * ARNs of the roles that may read the queue, with the type queue. They must exist.
   * Allowed: a list of ARNs of roles; at most 48.
   */
  consumerRoles?: readonly Input<string>[];
}

/** Who gets alarms. */
export interface AlertSubscriptionArgs {
  /**
   * How the alarms are sent.
   * Allowed: email, email-json, https, sms, sqs, lambda.
   */
  protocol: "email" | "email-json" | "https" | "sms" | "sqs" | "lambda";
  /**
   * Where they are sent to.
   * Allowed: an address or ARN for the protocol.
   */
  endpoint: Input<string>;
}
