import * as assert from "node:assert/strict";
import { Webhook as StandardWebhook, WebhookVerificationError as StandardError } from "standardwebhooks";
import { Webhook as SvixWebhook, WebhookVerificationError as SvixError } from "svix";
import type { Received } from "./endpoint";

/** Verifies a request with the libraries of Standard Webhooks and of Svix. @returns its body @throws their error */
export function verify(secret: string, { headers, body }: Received): unknown {
  const given = headers as Record<string, string>;
  const standard = new StandardWebhook(secret).verify(body, given);
  assert.deepEqual(new SvixWebhook(secret).verify(body, given), standard);
  return standard;
}

/** Returns whether a request is signed with a secret. @throws AssertionError unless both libraries agree, or if one fails otherwise */
export function isVerifiedBy(secret: string, received: Received): boolean {
  const [standard, svix] = [new StandardWebhook(secret), new SvixWebhook(secret)].map((library) => accepts(library, received));
  assert.equal(svix, standard);
  return standard;
}

function accepts(library: Pick<StandardWebhook, "verify">, { headers, body }: Received): boolean {
  try {
    library.verify(body, headers as Record<string, string>);
    return true;
  } catch (error) {
    assert.ok(error instanceof StandardError || error instanceof SvixError, String(error));
    return false;
  }
}
