import * as assert from "node:assert/strict";
import { currentKey } from "../../local/currentKey";
import { keyAfter, type SigningSecret } from "../../local/secretKey";
import { createKey, secretOf, type SigningKey } from "../../local/signing";
import type { SourceDescription } from "../../local/sources";
import { descriptionOf } from "../../domain/catalog";
import { startedEndpoint } from "../helpers/endpoint";

const url = "https://example.com/webhook/source";
const [first, second] = [{ secret: "whsec_first" }, { secret: "whsec_second" }];
const noOld =
  'source has one secret and no old one: no rotation has begun, or "secrets finish" has removed it. Leave --secret out, or begin a rotation with "npx webhook-pipeline secrets rotate source".';

describe("The key that a source of the local run signs with", () => {
  const endpoint = startedEndpoint();

  /** Reads the key while Secrets Manager has a value. */
  async function keyWith(key: SigningKey, value: object | undefined, which?: SigningSecret): Promise<SigningKey> {
    endpoint.answer = (_, response) => {
      response.setHeader("content-type", "application/x-amz-json-1.1");
      response.end(JSON.stringify({ SecretString: value && JSON.stringify(value) }));
    };
    const aws = { endpoint: endpoint.url, region: "us-east-1", accessKeyId: "test", secretAccessKey: "test" };
    const outputs = { secretArns: { source: "arn:source" } } as unknown as Parameters<typeof currentKey>[0]["outputs"];
    return currentKey({ ...aws, signing: { source: key }, outputs }, "source", which);
  }

  const stripe: SigningKey = { provider: "stripe", secret: "whsec_zero" };

  it("is the one of the secret in use, and during a rotation the new one unless the old one is asked for", async () => {
    assert.deepEqual(await keyWith(stripe, first), { provider: "stripe", ...first });
    assert.deepEqual(await keyWith(stripe, [second, first]), { provider: "stripe", ...second });
    assert.deepEqual(await keyWith(stripe, [second, first], "new"), { provider: "stripe", ...second });
    assert.deepEqual(await keyWith(stripe, [second, first], "old"), { provider: "stripe", ...first });
  });

  it("is not an old one where no rotation is under way", () => assert.rejects(keyWith(stripe, first, "old"), { message: noOld }));

  it("is none of a secret without a value", () =>
    assert.rejects(keyWith(stripe, undefined), {
      message: 'The secret of source has no value. Set one with "npx webhook-pipeline secrets set source".',
    }));

  for (const [provider, lack] of [
    ["paypal", "lacks the certificate of this run, so nothing here can sign for it"],
    ["discord", "is a public key, and only its owner can sign for it"],
  ] as const)
    it(`is the run's own of ${provider}, and never one whose private key somebody else has`, async () => {
      const description = provider === "paypal" ? undefined : descriptionOf(provider);
      const source: SourceDescription = { name: "source", provider, ...(description && { description }) };
      const [own, foreign] = [await createKey(source, url), secretOf(await createKey(source, url))];
      assert.deepEqual(await keyWith(own, [foreign, secretOf(own)], "old"), own);
      await assert.rejects(keyWith(own, [foreign, secretOf(own)]), {
        message: `The new secret of source ${lack}. Sign with the old one: "npx webhook-pipeline send source --secret old".`,
      });
      await assert.rejects(keyWith(own, [secretOf(own), foreign], "old"), {
        message: `The old secret of source ${lack}. Sign with the new one: "npx webhook-pipeline send source --secret new".`,
      });
      await assert.rejects(keyWith(own, foreign), {
        message: `The secret of source ${lack}. A start without --keep makes one that it can sign for.`,
      });
      assert.equal(keyAfter("source", own, JSON.stringify(foreign)), own, "stays as it is");
    });

  it("is none of a public key of Standard Webhooks", () =>
    assert.rejects(keyWith({ provider: "standard-webhooks", secret: "whsec_zero" }, { publicKey: "whpk_a" }), {
      message:
        'The secret of source is a public key, and only its owner can sign for it. Set a secret with "npx webhook-pipeline secrets set source --replace".',
    }));
});
