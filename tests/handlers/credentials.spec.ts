import * as assert from "node:assert/strict";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { clearCredentials, credentialsOf } from "../../handlers/credentials";
import { requiredVariable } from "../../handlers/environment";
import { stripe } from "../../handlers/providers/stripe";
import { capturingOutput } from "../helpers/handlers";

const secretsManager = mockClient(SecretsManagerClient);
const client = new SecretsManagerClient({});
const start = new Date("2026-01-01T00:00:00Z");
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);

describe("Credentials", () => {
  beforeEach(() => {
    clearCredentials();
    secretsManager.reset();
  });
  after(() => secretsManager.restore());

  const secretIs = (value: unknown) => secretsManager.on(GetSecretValueCommand).resolves({ SecretString: typeof value === "string" ? value : JSON.stringify(value) });
  const read = (now = start) => credentialsOf(client, "stripe", stripe, now);
  const refusal = async (run: () => Promise<unknown>) => {
    const { output } = await capturingOutput(() => assert.rejects(run, { name: "Refusal", status: 503 }));
    return output;
  };

  it("are one, or two while one is rotated", async () => {
    secretIs({ secret: "new" });
    assert.deepEqual(await read(), [{ secret: "new" }]);
    clearCredentials();
    secretIs([{ secret: "new" }, { secret: "old" }]);
    assert.deepEqual(await read(), [{ secret: "new" }, { secret: "old" }]);
  });

  it("are read once in five minutes", async () => {
    secretIs({ secret: "old" });
    await read();
    secretIs({ secret: "new" });
    assert.deepEqual(await read(later(299)), [{ secret: "old" }]);
    assert.deepEqual(await read(later(300)), [{ secret: "new" }]);
    assert.equal(secretsManager.commandCalls(GetSecretValueCommand).length, 2);
  });

  it("are asked for by the secret's ARN", async () => {
    secretIs({ secret: "s" });
    await read();
    assert.equal(secretsManager.commandCalls(GetSecretValueCommand)[0].args[0].input.SecretId, "arn:stripe");
  });

  for (const value of ["", "not json", "{}", '{"secret":""}', "[]", '[{"secret":"a"},{"secret":"b"},{"secret":"c"}]', '"text"']) {
    it(`are refused as unavailable where the secret holds ${value || "nothing"}`, async () => {
      secretIs(value);
      await refusal(() => read());
    });
  }

  it("are unavailable while the secret has no value or no text, and are asked for again", async () => {
    secretsManager.on(GetSecretValueCommand).rejects(Object.assign(new Error("can't find the value"), { name: "ResourceNotFoundException", $metadata: {} }));
    assert.match(await refusal(() => read()), /ResourceNotFoundException: can't find the value/);
    secretsManager.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]) });
    await refusal(() => read());
    secretIs({ secret: "s" });
    assert.deepEqual(await read(), [{ secret: "s" }]);
  });
});

describe("A variable that the infrastructure did not set", () => {
  it("is named", () => assert.throws(() => requiredVariable("NO_SUCH_VARIABLE"), { message: "The environment variable NO_SUCH_VARIABLE is not set." }));
});
