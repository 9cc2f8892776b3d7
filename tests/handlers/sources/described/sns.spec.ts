import * as assert from "node:assert/strict";
import { createPrivateKey, sign } from "node:crypto";
import { descriptionOf } from "../../../../domain/catalog";
import { describedProvider } from "../../../../handlers/sources/described/provider";
import { webhookRequest } from "../../../../testbed/handlers";
import { issue, type Issued } from "../../../helpers/certificates";
import { fakeNetwork } from "../../../helpers/jwt";
import { passes, refusesAs } from "../../../helpers/signatures";

const provider = describedProvider(descriptionOf("aws-sns"));
const topicArn = "arn:aws:sns:eu-central-1:123456789012:orders";
const certificateUrl = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0a1b.pem";
const token = { SubscribeURL: "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription", Token: "t1" };
type Message = Record<string, unknown>;

describe("A message of Amazon SNS", () => {
  const network = fakeNetwork();
  let own: Issued;
  let now: Date;
  before(async () => {
    own = await issue({ name: "CN=sns.amazonaws.com" });
    now = new Date();
  });
  const published = () => network(() => new Response(own.pem));

  const notification: Message = {
    Type: "Notification",
    MessageId: "m1",
    TopicArn: topicArn,
    Message: "line 1\nline 2\nMessageId\nm2\n",
    Timestamp: "2026-01-31T12:00:00.000Z",
    SignatureVersion: "2",
    SigningCertURL: certificateUrl,
  };
  const confirmation = { ...notification, ...token, Type: "SubscriptionConfirmation" };

  /** Signs keys in their order. AWS documents the order. */
  function signed(message: Message, keys?: string[]): Message {
    const order = keys ?? ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    const text = order.flatMap((key) => (message[key] === undefined ? [] : [`${key}\n${String(message[key])}\n`])).join("");
    const digest = message.SignatureVersion === "1" ? "sha1" : "sha256";
    return { ...message, Signature: sign(digest, Buffer.from(text), createPrivateKey(own.privateKey)).toString("base64") };
  }
  const verify = async (message: Message, credentials: object[] = [{ topicArn }], at = now) =>
    provider.verify(webhookRequest(Buffer.from(JSON.stringify(message)), { "content-type": "text/plain" }), credentials as never, at);
  const refuses = (reason: string, ...of: Parameters<typeof verify>) => refusesAs(reason, () => verify(...of));

  for (const SignatureVersion of ["1", "2"])
    for (const [what, message] of [
      ["a notification", notification],
      ["a notification with a subject", { ...notification, Subject: "Orders" }],
      ["the confirmation of a subscription", confirmation],
      ["the confirmation of its end", { ...confirmation, Type: "UnsubscribeConfirmation" }],
    ] as const)
      it(`that is ${what} is verified with version ${SignatureVersion}, and refused with any other value`, async () => {
        published();
        const genuine = signed({ ...message, SignatureVersion });
        await verify(genuine);
        const keys = Object.keys(message).filter((key) => !["TopicArn", "SigningCertURL", "SignatureVersion"].includes(key));
        for (const key of keys) {
          await assert.rejects(verify({ ...genuine, [key]: `${String(genuine[key])}x` }), { status: 401 }, key);
          await assert.rejects(verify({ ...genuine, [key]: undefined }), { status: 401 }, key);
        }
        await refuses("mismatch", { ...genuine, SignatureVersion: SignatureVersion === "1" ? "2" : "1" });
      });

  it("may have a subject that is null", async () => {
    published();
    await verify({ ...signed(notification), Subject: null });
  });

  it("is refused with an added subject, and with a removed one", async () => {
    published();
    await refuses("mismatch", { ...signed(notification), Subject: "Orders" });
    const without = { ...signed({ ...notification, Subject: "Orders" }), Subject: undefined };
    await refuses("mismatch", without);
  });

  it("is refused with another signature of the same bytes, and without one", async () => {
    published();
    const genuine = signed(notification);
    for (const Signature of [`${String(genuine.Signature)}=`, "", undefined, 1]) await refuses("mismatch", { ...genuine, Signature });
  });

  it("cannot get the ID that its text contains", async () => {
    published();
    const genuine = signed(notification);
    const text = String(notification.Message);
    const moved = { ...genuine, Message: text.slice(0, text.indexOf("\nMessageId\n")), MessageId: `m2\n\nMessageId\nm1` };
    await refuses("no signature", moved);
  });

  it("is refused for another topic, whoever has signed it", async () => {
    const asked = published();
    const other = signed({ ...notification, TopicArn: `${topicArn}-2` });
    await refuses("topic", other);
    await refuses("topic", { ...notification, TopicArn: undefined });
    assert.deepEqual(asked, []);
    await verify(other, [{ topicArn }, { topicArn: `${topicArn}-2` }]);
  });

  it("is refused with another type, or another version", async () => {
    published();
    for (const Type of ["toString", "Other", undefined, 1]) await refuses("type", signed({ ...notification, Type }));
    for (const SignatureVersion of ["3", "__proto__", 2, undefined])
      await refuses("algorithm", signed({ ...notification, SignatureVersion }));
    await refuses("topic", [] as never);
  });

  it("may have a text of 256 KiB, each of whose characters JSON doubles", async () => {
    published();
    await verify(signed({ ...notification, Message: '"'.repeat(256 * 1024) }));
  });

  it("is refused if its body is too large to be parsed, or no JSON", async () => {
    const send = async (body: Buffer) => provider.verify(webhookRequest(body, {}), [{ topicArn }] as never, now);
    await assert.rejects(() => send(Buffer.alloc(1_048_577, " ")), { status: 413 });
    await refusesAs("topic", () => send(Buffer.from("no JSON")));
  });

  for (const url of [
    "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
    "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-0a1b.pem",
    "https://sns.eu-central-1.amazonaws.com.cn/SimpleNotificationService-0a1b.pem",
    "https://evil.s3.eu-central-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
    "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-0a1b.pem",
    "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-0a1b.pem",
    "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0a1b.pem?x",
    "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0a1b.pem#x",
    "https://sns.eu-central-1.amazonaws.com/a/../SimpleNotificationService-0a1b.pem",
    "https://sns.eu-central-1.amazonaws.com/evil.pem",
    "not a url",
    "",
  ])
    it(`whose certificate is at ${url || "no URL"} is refused without a request`, async () => {
      const asked = published();
      await refuses("certificate address", signed({ ...notification, SigningCertURL: url }));
      assert.deepEqual(asked, []);
    });

  it("of a topic in China has its certificate there", async () => {
    const asked = published();
    const chinese = "arn:aws-cn:sns:cn-north-1:123456789012:orders";
    const SigningCertURL = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0a1b.pem";
    await verify(signed({ ...notification, TopicArn: chinese, SigningCertURL }), [{ topicArn: chinese }]);
    assert.deepEqual(asked, [SigningCertURL]);
  });

  it("causes one request for the certificate an hour, without redirects", async () => {
    const options: (RequestInit | undefined)[] = [];
    const asked = network((_, init) => (options.push(init), new Response(own.pem)));
    for (let count = 0; count < 3; count++) await verify(signed(notification));
    assert.equal(asked.length, 1);
    assert.equal(options[0]!.redirect, "error");
  });

  it("is refused if Amazon SNS has no such certificate, and gets 503 if it cannot be fetched", async () => {
    network(() => new Response("", { status: 404 }));
    await refuses("no such certificate", signed(notification));
    network(() => new Response("<html>"));
    const SigningCertURL = certificateUrl.replace("0a1b", "0a1c");
    await assert.rejects(verify(signed({ ...notification, SigningCertURL })), { status: 503, reason: "certificate not available" });
  });

  it("causes at most five requests a minute for invented certificates", async () => {
    const asked = network(() => new Response("", { status: 404 }));
    const forged = (index: number) =>
      passes(() => verify(signed({ ...notification, SigningCertURL: certificateUrl.replace("0a1b", `f${index}`) })));
    for (let index = 0; index < 20; index++) assert.equal(await forged(index), false);
    assert.equal(asked.length, 5);
  });

  for (const [what, dates] of [
    ["out of date", { validFrom: -3, validTo: -1 }],
    ["not valid yet", { validFrom: 1, validTo: 3 }],
  ] as const)
    it(`is refused under a certificate that is ${what}`, async () => {
      const other = await issue({ name: "CN=sns.amazonaws.com", ...dates });
      network(() => new Response(other.pem));
      await refuses("certificate out of date", signed(notification));
    });

  it("is verified with the certificate of the secret, without a request", async () => {
    const asked = published();
    await verify(signed(notification), [{ topicArn, certificate: own.pem }]);
    assert.deepEqual(asked, []);
  });
});
