import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { catalogProviders, descriptionOf } from "../../../domain/catalog";
import { entriesInVersion } from "../../../domain/secretVersions";
import { codedProviders } from "../../../domain/sources";
import { createKey, secretOf } from "../../../local/signing";
import { UsageError } from "../../../cli/lib/errors";
import { checked, credentialFields, fromAnswers, fromText, type SourceHolder } from "../../../cli/secrets/credentials";
import {
  readSecret,
  requireNew,
  requireRotatable,
  requireRotating,
  requireSettable,
  findSecret,
  writeSecret,
  type OwnedSecret,
  type StoredSecret,
} from "../../../cli/secrets/rotation";

const sources: readonly SourceHolder[] = [
  ...codedProviders.map((provider) => ({ provider })),
  ...catalogProviders.map((provider) => ({ provider, description: descriptionOf(provider) })),
];

describe("The secret that a command reads", () => {
  for (const source of sources)
    it(`has every field that the receiver needs of ${source.provider}`, async () => {
      const secret = secretOf(await createKey({ name: "shop", ...source }, "https://example.com/shop")) as Record<string, string>;
      const answers = Object.fromEntries(credentialFields(source).map(({ key }) => [key, secret[key] ?? ""]));
      assert.ok(checked(source, fromAnswers(source, answers)));
      const [first] = credentialFields(source);
      assert.throws(() => checked(source, fromAnswers(source, { ...answers, [first.key]: " " })), /Allowed: \{/);
    });

  it("is hidden while it is typed, and only URLs have a default", () => {
    for (const source of sources)
      for (const { key, hidden, isUrl } of credentialFields(source)) {
        const { provider } = source;
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
    for (const provider of codedProviders) {
      const row = rows.find((line) => line.split("|")[1].includes(`\`${provider}\``));
      assert.ok(row, provider);
      for (const { key } of credentialFields({ provider })) assert.ok(row.includes(`"${key}"`), `${provider} ${key}`);
    }
  });

  it("is JSON, with fields that cannot be typed, or only the secret if the provider needs nothing else", () => {
    const certificate = "-----BEGIN CERTIFICATE-----\n…";
    assert.deepEqual(checked({ provider: "paypal" }, fromText({ provider: "paypal" }, JSON.stringify({ webhookId: "1", certificate }))), {
      webhookId: "1",
      certificate,
    });
    assert.deepEqual(fromText({ provider: "stripe" }, "whsec_1\n"), { secret: "whsec_1" });
    assert.deepEqual(fromText({ provider: "standard-webhooks" }, "whpk_1\n"), { publicKey: "whpk_1" });
    for (const text of ["", "two words", '["a", "b"]', '{"secret"'])
      assert.throws(() => checked({ provider: "stripe" }, fromText({ provider: "stripe" }, text)), /stripe.* Allowed: \{"secret": "…"\}/);
    assert.throws(() => fromText({ provider: "square" }, "key"), /notificationUrl/);
  });

  it("is refused with the form that is allowed, and never with its value", () => {
    const said = (act: () => unknown) => {
      try {
        act();
      } catch (error) {
        return (error as Error).message;
      }
      return assert.fail("not refused");
    };
    for (const message of [
      said(() => checked({ provider: "adyen" }, { hmacKey: "s3cret!" })),
      said(() => checked({ provider: "stripe" }, { secret: "s3cret!", certifcate: "s3cret!" })),
      said(() => fromText({ provider: "twilio" }, "s3cret!")),
    ]) {
      assert.match(message, /Allowed: \{/);
      assert.doesNotMatch(message, /s3cret/);
    }
  });
});

describe("A source's secret", () => {
  const source: OwnedSecret = { name: "stripe", provider: "stripe", arn: "arn:stripe", url: "https://example.com/stripe" };
  const stored = (...secrets: string[]): StoredSecret => ({
    entries: secrets.map((secret) => ({ secret })),
    since: secrets.length > 0 ? new Date(0) : undefined,
    malformed: false,
  });

  it("is stored once, and dropped only with --replace", () => {
    requireSettable(stored(), source, false);
    assert.throws(() => requireSettable(stored("a"), source, false), /stripe has a secret already\. .+ "secrets rotate"/);
    requireSettable(stored("a"), source, true);
  });

  it("is rotated only if there is one in use, no rotation goes on, and the new one differs", () => {
    assert.deepEqual(requireRotatable(stored("a"), source), { secret: "a" });
    assert.throws(() => requireRotatable(stored(), source), /no secret yet/);
    assert.throws(() => requireRotatable(stored("a", "b"), source), /has two secrets already/);
    assert.throws(() => requireRotatable({ ...stored("a"), entries: [], malformed: true }, source), /cannot use the secret of stripe/);
    assert.throws(() => requireNew({ secret: "a" }, { secret: "a" }, source), /has this secret already/);
    requireNew({ secret: "a", encoding: "hex" }, { secret: "a" }, source);
    requireNew({ secret: "a" }, { secret: "a", encoding: "hex" }, source);
  });

  it("is the new one when its rotation is finished, and a single one is never removed", () => {
    assert.deepEqual(requireRotating(stored("new", "old"), source), { secret: "new" });
    assert.throws(() => requireRotating(stored("a"), source), /no old secret to remove/);
  });

  it("belongs to a source of the stack", () => {
    const target = {
      secretsManager: new SecretsManagerClient({}),
      sources: { "stripe-eu": { provider: "stripe" } },
      secretArns: { "stripe-eu": "arn:1" },
      webhookUrls: { "stripe-eu": "https://example.com" },
      destinations: {},
    };
    assert.deepEqual(findSecret(target, "stripe-eu"), {
      name: "stripe-eu",
      provider: "stripe",
      arn: "arn:1",
      url: "https://example.com",
    });
    assert.throws(
      () => findSecret(target, "toString"),
      (error) => error instanceof UsageError && error.message === 'Unknown source "toString". Sources: stripe-eu.',
    );
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

    it("has no entries while it has no value", async () => {
      mock.on(GetSecretValueCommand).rejects(new ResourceNotFoundException({ message: "no value", $metadata: {} }));
      assert.deepEqual(await readSecret({ secretsManager }, source), { entries: [], since: undefined, malformed: false });
    });

    it("has the entries that the receiver can use, or is malformed", async () => {
      assert.deepEqual(await reads('{"secret":"a"}'), stored("a"));
      assert.deepEqual(await reads('[{"secret":"b"},{"secret":"a"}]'), stored("b", "a"));
      for (const text of ["whsec_1", "[]", "{}", '[{"secret":"a"},{"secret":"b"},{"secret":"c"}]'])
        assert.deepEqual(await reads(text), { entries: [], since: new Date(0), malformed: true }, text);
    });

    it("fails with the error of AWS", async () => {
      mock.on(GetSecretValueCommand).rejects(new Error("AccessDenied"));
      await assert.rejects(readSecret({ secretsManager }, source), /AccessDenied/);
    });

    it("is stored as one entry, or a list of two, and its version tells which", async () => {
      await writeSecret({ secretsManager }, source, [{ secret: "a" }]);
      await writeSecret({ secretsManager }, source, [{ secret: "b" }, { secret: "a" }]);
      assert.deepEqual(
        mock
          .commandCalls(PutSecretValueCommand)
          .map(({ args: [{ input }] }) => [input.SecretId, input.SecretString, entriesInVersion(input.ClientRequestToken!)]),
        [
          ["arn:stripe", '{"secret":"a"}', 1],
          ["arn:stripe", '[{"secret":"b"},{"secret":"a"}]', 2],
        ],
      );
    });
  });
});
