import * as assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { freshSample } from "../../local/samples";
import { post } from "../../local/pipeline";
import { connectionTo } from "../../local/clients";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readSecret, requireRotatable, requireRotating, sourceOf, writeSecret } from "../../cli/secrets/rotation";
import type { SecretsTarget } from "../../cli/lib/target";
import { eventually, sharedPipeline, userWith, type PipelineUnderTest } from "../helpers/pipeline";

describe("The rotation of a secret, with no more permissions than the stack's output secretsPolicy gives", () => {
  let pipeline: PipelineUnderTest;
  let target: SecretsTarget;
  const secret = randomBytes(24).toString("base64url");
  before(async function () {
    this.timeout(60_000);
    pipeline = await sharedPipeline();
    const keys = await userWith(pipeline, "rotator", String(pipeline.outputs.secretsPolicy));
    const { providers, secretArns, webhookUrls } = pipeline.outputs as unknown as SecretsTarget;
    target = { secretsManager: new SecretsManagerClient(connectionTo({ ...pipeline, ...keys })), providers, secretArns, webhookUrls };
  });

  const statusOf = async (key: string) =>
    (await post({ ...pipeline, signing: { ...pipeline.signing, github: { secret: key } } }, "github", freshSample("github"))).status;

  it("lets a source sign with either, the new one from its first event on, and ends with the new one alone in the secret", async function () {
    this.timeout(100_000);
    const source = sourceOf(target, "github");
    const old = pipeline.signing.github.secret;
    assert.equal(await statusOf(old), 202);

    const used = requireRotatable(await readSecret(target, source), source);
    await writeSecret(target, source, [{ secret }, used]);
    // At once, unless a forged request of the last minute has used up the one reading a minute.
    await eventually("the new secret to be used", async () => ((await statusOf(secret)) === 202 ? true : undefined), 90_000);
    assert.equal(await statusOf(old), 202);

    await writeSecret(target, source, [requireRotating(await readSecret(target, source), source)]);
    assert.deepEqual((await readSecret(target, source)).entries, [{ secret }]);
    await writeSecret(target, source, [used]);
  });
});
