import { verify as verifySignature, type KeyObject } from "node:crypto";
import { Refusal } from "../../errors";
import { parseBody } from "../../request/body";
import { bounds, requireSmallBody } from "../../request/bounds";
import type { WebhookRequest } from "../../request/request";
import { isPem, pinnedKey, readCertificate, requireValidNow } from "../lib/certificate";
import { downloadTwice } from "../lib/download";
import { cachedUntil, rememberCertificates, type Fetched } from "../lib/fetched";
import { at, lookUp } from "../lib/fields";
import { topicArn, type SnsCredential } from "./credential";

const confirmationKeys = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

/** Signed keys of each type of message, in their order. @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
const signedKeys: Readonly<Record<string, readonly string[]>> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: confirmationKeys,
  UnsubscribeConfirmation: confirmationKeys,
};
/** Digest of each version of the signature. */
const digests: Readonly<Record<string, string>> = { 1: "sha1", 2: "sha256" };

const certificatePath = /^\/SimpleNotificationService-[A-Za-z0-9]+\.pem$/;

/** Keys by the URLs of their certificates. The host's own TLS certificate proves that they are those of Amazon SNS. */
const certificates = rememberCertificates(fetchKey);

/**
 * Verifies a message of Amazon SNS. Anyone can have a topic of their own, so it must also be of the secret's topic.
 * @throws Refusal signature, with the failed check; unavailable, if the certificate cannot be fetched
 */
export async function verifySns({ body }: WebhookRequest, credentials: readonly SnsCredential[], now: Date): Promise<void> {
  requireSmallBody(body, bounds.snsBytes);
  const message = parseBody(body, "json");
  const credential = credentials.find((one) => one.topicArn === at(message, "TopicArn"));
  if (!credential) throw new Refusal("signature", "topic");
  const signed = Buffer.from(signedText(message));
  const signature = String(at(message, "Signature"));
  const bytes = Buffer.from(signature, "base64");
  const version = at(message, "SignatureVersion");
  if (version !== "1" && version !== "2") throw new Refusal("signature", "algorithm");
  const url = requireCertificateUrl(String(at(message, "SigningCertURL")), credential);
  const key = credential.certificate === undefined ? await certificates.get(url, now) : pinnedKey(credential.certificate, now);
  const isSigned = verifySignature(digests[version], signed, key, bytes) && bytes.toString("base64") === signature;
  if (!isSigned) throw new Refusal("signature", "mismatch");
}

/**
 * Returns the signed text: each key and its value on lines of their own. Only the first value may have several lines. Otherwise the end of
 * one could become the beginning of the next.
 */
function signedText(message: unknown): string {
  const type = at(message, "Type");
  const keys = lookUp(signedKeys, typeof type === "string" ? type : undefined);
  if (!keys) throw new Refusal("signature", "type");
  const lines = keys.flatMap((key, index) => {
    const value = at(message, key) ?? undefined;
    if (value === undefined && key === "Subject") return [];
    if (typeof value !== "string" || (index > 0 && value.includes("\n"))) throw new Refusal("signature", "no signature");
    return [`${key}\n${value}\n`];
  });
  return lines.join("");
}

/** Returns the URL of a certificate: of the topic's region, https, no port, credentials or query. @throws Refusal signature */
function requireCertificateUrl(text: string, { topicArn: topic }: SnsCredential): string {
  const [, partition, region] = topicArn.exec(topic)!;
  const host = `sns.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
  const path = URL.canParse(text) ? new URL(text).pathname : "";
  if (!certificatePath.test(path) || text !== `https://${host}${path}`) throw new Refusal("signature", "certificate address");
  return text;
}

async function fetchKey(url: string, now: Date): Promise<Fetched<KeyObject>> {
  const certificate = readCertificate(await downloadTwice(url, { what: "certificate", isExpected: isPem, isNamed: true }));
  requireValidNow(certificate, now);
  return { value: certificate.publicKey, until: Math.min(cachedUntil(now), Date.parse(certificate.validTo)) };
}
