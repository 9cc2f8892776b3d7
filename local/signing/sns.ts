import { createPrivateKey, randomUUID, sign as signWith } from "node:crypto";
import type { DescribedKey } from "./describedKey";

/** Topic of the local run. */
export const localTopicArn = "arn:aws:sns:eu-central-1:123456789012:local";

const certificateUrl = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-local.pem";

/** Keys that Amazon SNS signs, in their order, if a message has them. */
const signedKeys = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

/** Returns a message as Amazon SNS sends it. Its signature is in the body. */
export function sealMessage(body: Buffer, { privateKey, topicArn }: DescribedKey): Buffer {
  const own = JSON.parse(body.toString()) as object;
  const envelope = { Type: "Notification", MessageId: randomUUID(), Message: "sample", Timestamp: new Date().toISOString() };
  const message: Record<string, unknown> = {
    ...envelope,
    ...own,
    TopicArn: topicArn,
    SignatureVersion: "2",
    SigningCertURL: certificateUrl,
  };
  const signed = signedKeys.flatMap((key) => (key in message ? [`${key}\n${String(message[key])}\n`] : [])).join("");
  const signature = signWith("sha256", Buffer.from(signed), createPrivateKey(privateKey!)).toString("base64");
  return Buffer.from(JSON.stringify({ ...message, Signature: signature }, undefined, 2));
}
