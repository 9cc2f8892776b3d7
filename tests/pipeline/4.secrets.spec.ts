import * as assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { freshSample } from "../../local/samples";
import { post } from "../../local/post";
import { connectionTo } from "../../local/clients";
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readSecret, requireRotatable, requireRotating, findSecret, writeSecret } from "../../cli/secrets/rotation";
import type { SecretsTarget } from "../../cli/lib/target";
import { sharedPipeline, userWith, type PipelineUnderTest } from "../helpers/pipeline";

describe("The rotation of a secret, with only the permissions of the output secretsPolicy", () => {
  let pipeline: PipelineUnderTest;
  let target: Omit<SecretsTarget, "dynamodb" | "tableName">;
  const secret = randomBytes(24).toString("base64url");
  before(async () => {
    pipeline = await sharedPipeline();
    const keys = await userWith(pipeline, "rotator", String(pipeline.outputs.secretsPolicy));
    const { sources, secretArns, webhookUrls, destinations = {} } = pipeline.outputs as unknown as SecretsTarget;
    target = {
      secretsManager: new SecretsManagerClient(connectionTo({ ...pipeline, ...keys })),
      sources,
      secretArns,
      webhookUrls,
      destinations,
    };
  });

  /** Starts new containers: in the existing ones, forged requests of other suites have used up the early read per minute. */
  async function renewContainer(): Promise<void> {
    const { lambda } = pipeline.clients;
    const FunctionName = String(pipeline.outputs.receiveFunctionName);
    const { Timeout } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
  }

  const statusOf = async (key: string) =>
    (
      await post(
        { ...pipeline, signing: { ...pipeline.signing, github: { provider: "github", secret: key } } },
        "github",
        freshSample("github"),
      )
    ).status;

  it("lets a source sign with either secret, and ends with only the new one", async () => {
    await renewContainer();
    const source = findSecret(target, "github");
    const old = pipeline.signing.github.secret;
    assert.equal(await statusOf(old), 202);

    const used = requireRotatable(await readSecret(target, source), source);
    await writeSecret(target, source, [{ secret }, used]);
    assert.equal(await statusOf(secret), 202, "at once");
    assert.equal(await statusOf(old), 202);

    await writeSecret(target, source, [requireRotating(await readSecret(target, source), source)]);
    assert.deepEqual((await readSecret(target, source)).entries, [{ secret }]);
    await writeSecret(target, source, [used]);
  });
});
