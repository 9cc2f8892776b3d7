import * as assert from "node:assert/strict";
import { clearCredentials, credentialsOf, readChangedCredentials } from "../../handlers/credentials";
import { requiredVariable } from "../../handlers/aws/environment";
import { findSource } from "../../handlers/configuredSources";
import { secretsManager as client } from "../../handlers/aws/secretsManager";
import { capturingOutput } from "../../testbed/handlers";
import { GetSecretValueCommand, mockSecretsManager } from "../helpers/jsonMocks";

const start = new Date("2026-01-01T00:00:00Z");
const source = findSource("stripe")!;
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);

describe("Credentials", () => {
  let secretsManager: ReturnType<typeof mockSecretsManager>;
  before(() => (secretsManager = mockSecretsManager()));
  after(() => secretsManager.restore());
  beforeEach(() => {
    clearCredentials();
    secretsManager.reset();
  });

  const secretIs = (value: unknown) =>
    secretsManager.on(GetSecretValueCommand).resolves({ SecretString: typeof value === "string" ? value : JSON.stringify(value) });
  const read = (now = start) => credentialsOf(client, source, now);
  const refusal = async (run: () => Promise<unknown>) => {
    const { output } = await capturingOutput(() => assert.rejects(run, { name: "Refusal", status: 503 }));
    return output;
  };

  it("are one, or two during a rotation", async () => {
    secretIs({ secret: "new" });
    assert.deepEqual(await read(), [{ secret: "new" }]);
    clearCredentials();
    secretIs([{ secret: "new" }, { secret: "old" }]);
    assert.deepEqual(await read(), [{ secret: "new" }, { secret: "old" }]);
  });

  it("are read once every five minutes", async () => {
    secretIs({ secret: "old" });
    await read();
    secretIs({ secret: "new" });
    assert.deepEqual(await read(later(299)), [{ secret: "old" }]);
    assert.deepEqual(await read(later(300)), [{ secret: "new" }]);
    assert.equal(secretsManager.commandCalls(GetSecretValueCommand).length, 2);
  });

  it("are read by the secret's ARN", async () => {
    secretIs({ secret: "s" });
    await read();
    assert.equal(secretsManager.commandCalls(GetSecretValueCommand)[0].args[0].input.SecretId, "arn:stripe");
  });

  for (const value of ["", "not json", "{}", '{"secret":""}', "[]", '[{"secret":"a"},{"secret":"b"},{"secret":"c"}]', '"text"']) {
    it(`are unavailable if the secret contains ${value || "nothing"}`, async () => {
      secretIs(value);
      await refusal(() => read());
    });
  }

  it("are unavailable while the secret has no value or no text, and are then read again", async () => {
    secretsManager
      .on(GetSecretValueCommand)
      .rejects(Object.assign(new Error("can't find the value"), { name: "ResourceNotFoundException", $metadata: {} }));
    assert.match(await refusal(() => read()), /ResourceNotFoundException: can't find the value/);
    secretsManager.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]) });
    await refusal(() => read(later(10)));
    secretIs({ secret: "s" });
    assert.deepEqual(await read(later(20)), [{ secret: "s" }]);
  });

  for (const [what, value] of [
    ["has no value", ""],
    ["cannot be used", "{}"],
  ]) {
    it(`are read once every ten seconds while the secret ${what}, however many requests arrive`, async () => {
      secretIs(value);
      for (let request = 0; request < 1_000; request++) await assert.rejects(() => read(later(request / 100)), { status: 503 });
      assert.equal(secretsManager.commandCalls(GetSecretValueCommand).length, 1);
      await assert.rejects(() => read(later(10)), { status: 503 });
      assert.equal(secretsManager.commandCalls(GetSecretValueCommand).length, 2);
    });
  }

  it("of one source are read although those of another cannot be", async () => {
    secretIs("{}");
    await assert.rejects(() => read(), { status: 503 });
    secretIs({ secret: "s" });
    assert.deepEqual(await credentialsOf(client, findSource("github")!, start), [{ secret: "s" }]);
  });
});

describe("After a signature that the cached credentials did not make, they are read again", () => {
  let secretsManager: ReturnType<typeof mockSecretsManager>;
  before(() => (secretsManager = mockSecretsManager()));
  beforeEach(() => {
    clearCredentials();
    secretsManager.reset();
  });
  after(() => secretsManager.restore());

  const secretIs = (secret: string) => secretsManager.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify({ secret }) });
  const renew = (now: Date, of = source) => readChangedCredentials(client, of, now);
  const readings = () => secretsManager.commandCalls(GetSecretValueCommand).length;
  const known = async (secret: string) => {
    secretIs(secret);
    await credentialsOf(client, source, start);
  };

  it("and cached, if the secret has changed", async () => {
    await known("old");
    secretIs("new");
    assert.deepEqual(await renew(later(1)), [{ secret: "new" }]);
    assert.deepEqual(await credentialsOf(client, source, later(2)), [{ secret: "new" }]);
    assert.equal(readings(), 2);
  });

  it("but not used if the secret is the same", async () => {
    await known("same");
    assert.equal(await renew(later(1)), undefined);
    assert.equal(readings(), 2);
  });

  it("at most once a minute", async () => {
    await known("old");
    for (let second = 1; second <= 60; second++) await renew(later(second));
    assert.equal(readings(), 2);
    secretIs("new");
    assert.deepEqual(await renew(later(61)), [{ secret: "new" }]);
    assert.equal(readings(), 3);
  });

  it("at once, however many forged requests another source gets", async () => {
    const github = findSource("github")!;
    await known("old");
    await credentialsOf(client, github, start);
    for (let second = 1; second <= 30; second++) await renew(later(second), github);
    assert.equal(readings(), 3);
    secretIs("new");
    assert.deepEqual(await renew(later(31)), [{ secret: "new" }]);
  });

  it("but not if they were read for the same request", async () => {
    await known("old");
    assert.equal(await renew(start), undefined);
    assert.equal(readings(), 1);
  });

  it("but stay cached if reading fails", async () => {
    await known("old");
    secretsManager.on(GetSecretValueCommand).rejects(Object.assign(new Error("slow down"), { name: "ThrottlingException", $metadata: {} }));
    const { result, output } = await capturingOutput(() => renew(later(1)));
    assert.equal(result, undefined);
    assert.match(output, /ThrottlingException: slow down/);
    assert.deepEqual(await credentialsOf(client, source, later(2)), [{ secret: "old" }]);
  });
});

describe("A missing environment variable", () => {
  it("is named in the error", () =>
    assert.throws(() => requiredVariable("NO_SUCH_VARIABLE"), { message: "The environment variable NO_SUCH_VARIABLE is not set." }));
});
