import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { codedProviders, type ProviderName } from "../../domain/sources";
import { createSigning } from "../../local/signing";
import { localSources } from "../../local/sources";
import { checked, credentialFields, fromAnswers, fromText } from "../../cli/secrets/credentials";
import {
  readSecret,
  requireNew,
  requireRotatable,
  requireRotating,
  requireSettable,
  findSourceSecret,
  writeSecret,
  type SourceSecret,
  type StoredSecret,
} from "../../cli/secrets/rotation";

const providers: readonly ProviderName[] = [...codedProviders, "hmac"];

describe("What is asked for of a source's secret", () => {
  const urls = Object.fromEntries(localSources.map((source) => [source, `https://example.com/${source}`])) as Record<string, string>;

  for (const provider of providers)
    it(`is, of ${provider}, all that the receiver needs`, async () => {
      const { secrets } = await createSigning(urls as never);
      const secret = secrets[provider === "hmac" ? "example" : provider] as Record<string, string>;
      const answers = Object.fromEntries(credentialFields[provider].map(({ key }) => [key, secret[key] ?? ""]));
      assert.ok(checked(provider, fromAnswers(provider, answers)));
      const [first] = credentialFields[provider];
      assert.throws(() => checked(provider, fromAnswers(provider, { ...answers, [first.key]: " " })), /takes \{/);
    });

  it("is never shown where it is secret, and only an address has a default", () => {
    for (const provider of providers)
      for (const { key, hidden, isUrl } of credentialFields[provider]) {
        assert.equal(hidden, /secret|key|token|password/i.test(key), `${provider} ${key}`);
        assert.equal(isUrl ?? false, /url$/i.test(key), `${provider} ${key}`);
      }
  });

  it("is what docs/providers.md says that goes into the secret", () => {
    const [, section] = readFileSync("docs/providers.md", "utf8").split("\n## Secrets\n");
    const rows = section
      .split("\n## ")[0]
      .split("\n")
      .filter((line) => /^\| `/.test(line));
    for (const provider of providers) {
      const row = rows.find((line) => line.split("|")[1].includes(`\`${provider}\``));
      assert.ok(row, provider);
      for (const { key } of credentialFields[provider]) assert.ok(row.includes(`"${key}"`), `${provider} ${key}`);
    }
  });

  it("may come as JSON, with what cannot be typed, or as the secret alone where that is all", () => {
    const certificate = "-----BEGIN CERTIFICATE-----\n…";
    assert.deepEqual(checked("paypal", fromText("paypal", JSON.stringify({ webhookId: "1", certificate }))), {
      webhookId: "1",
      certificate,
    });
    assert.deepEqual(fromText("stripe", "whsec_1\n"), { secret: "whsec_1" });
    assert.deepEqual(fromText("standard-webhooks", "whpk_1\n"), { publicKey: "whpk_1" });
    for (const text of ["", "two words", '["a", "b"]', '{"secret"'])
      assert.throws(() => checked("stripe", fromText("stripe", text)), /stripe.* takes \{"secret": "…"\}/);
    assert.throws(() => fromText("square", "key"), /notificationUrl/);
  });

  it("is refused with what it should be, and never with what it is", () => {
    const said = (act: () => unknown) => {
      try {
        act();
      } catch (error) {
        return (error as Error).message;
      }
      return assert.fail("not refused");
    };
    for (const message of [
      said(() => checked("adyen", { hmacKey: "s3cret!" })),
      said(() => checked("stripe", { secret: "s3cret!", certifcate: "s3cret!" })),
      said(() => fromText("twilio", "s3cret!")),
    ]) {
      assert.match(message, /takes \{/);
      assert.doesNotMatch(message, /s3cret/);
    }
  });
});

describe("A source's secret", () => {
  const source: SourceSecret = { name: "stripe", provider: "stripe", arn: "arn:stripe", url: "https://example.com/stripe" };
  const stored = (...secrets: string[]): StoredSecret => ({
    entries: secrets.map((secret) => ({ secret })),
    since: secrets.length > 0 ? new Date(0) : undefined,
    malformed: false,
  });

  it("is set once, and dropped for another only if that is meant", () => {
    requireSettable(stored(), source, false);
    assert.throws(() => requireSettable(stored("a"), source, false), /stripe already has a secret\. Keep it valid .+ with rotate, /);
    requireSettable(stored("a"), source, true);
  });

  it("is rotated beside the one in use, and not before it is there, while it is rotated, or to itself", () => {
    assert.deepEqual(requireRotatable(stored("a"), source), { secret: "a" });
    assert.throws(() => requireRotatable(stored(), source), /stripe has no secret to rotate/);
    assert.throws(() => requireRotatable(stored("a", "b"), source), /already rotating/);
    assert.throws(() => requireRotatable({ ...stored("a"), entries: [], malformed: true }, source), /cannot use/);
    assert.throws(() => requireNew({ secret: "a" }, { secret: "a" }, source), /already has this secret/);
    requireNew({ secret: "a", encoding: "hex" }, { secret: "a" }, source);
    requireNew({ secret: "a" }, { secret: "a", encoding: "hex" }, source);
  });

  it("is the new one when its rotation is finished, and one that is not rotated is kept", () => {
    assert.deepEqual(requireRotating(stored("new", "old"), source), { secret: "new" });
    assert.throws(() => requireRotating(stored("a"), source), /not rotating/);
  });

  it("belongs to a source of the stack", () => {
    const target = {
      secretsManager: new SecretsManagerClient({}),
      providers: { "stripe-eu": "stripe" as const },
      secretArns: { "stripe-eu": "arn:1" },
      webhookUrls: { "stripe-eu": "https://example.com" },
    };
    assert.deepEqual(findSourceSecret(target, "stripe-eu"), {
      name: "stripe-eu",
      provider: "stripe",
      arn: "arn:1",
      url: "https://example.com",
    });
    assert.throws(() => findSourceSecret(target, "toString"), /^Error: Unknown source "toString"\. Sources: stripe-eu\.$/);
  });

  describe("in Secrets Manager", () => {
    let mock: ReturnType<typeof mockClient>;
    const secretsManager = new SecretsManagerClient({});
    before(() => (mock = mockClient(SecretsManagerClient)));
    beforeEach(() => mock.reset());
    after(() => mock.restore());
    const reads = async (SecretString: string) => {
      mock.on(GetSecretValueCommand).resolves({ SecretString, CreatedDate: new Date(0) });
      return readSecret({ secretsManager }, source);
    };

    it("is none as long as it has no value", async () => {
      mock.on(GetSecretValueCommand).rejects(new ResourceNotFoundException({ message: "no value", $metadata: {} }));
      assert.deepEqual(await readSecret({ secretsManager }, source), { entries: [], since: undefined, malformed: false });
    });

    it("is what the receiver could use", async () => {
      assert.deepEqual(await reads('{"secret":"a"}'), stored("a"));
      assert.deepEqual(await reads('[{"secret":"b"},{"secret":"a"}]'), stored("b", "a"));
      for (const text of ["whsec_1", "[]", "{}", '[{"secret":"a"},{"secret":"b"},{"secret":"c"}]'])
        assert.deepEqual(await reads(text), { entries: [], since: new Date(0), malformed: true }, text);
    });

    it("fails with AWS's own words", async () => {
      mock.on(GetSecretValueCommand).rejects(new Error("AccessDenied"));
      await assert.rejects(readSecret({ secretsManager }, source), /AccessDenied/);
    });

    it("is written as one entry, or a list of two", async () => {
      await writeSecret({ secretsManager }, source, [{ secret: "a" }]);
      await writeSecret({ secretsManager }, source, [{ secret: "b" }, { secret: "a" }]);
      assert.deepEqual(
        mock.commandCalls(PutSecretValueCommand).map(({ args: [{ input }] }) => [input.SecretId, input.SecretString]),
        [
          ["arn:stripe", '{"secret":"a"}'],
          ["arn:stripe", '[{"secret":"b"},{"secret":"a"}]'],
        ],
      );
    });
  });
});
