import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { providerNames, type Scheme } from "../../domain/event";
import { createSigning } from "../../local/signing";
import { localSenders } from "../../local/senders";
import { checked, fields, fromAnswers, fromText } from "../../cli/secrets/credentials";
import {
  readSecret,
  requireNew,
  requireRotatable,
  requireRotating,
  requireSettable,
  senderOf,
  writeSecret,
  type SenderSecret,
  type StoredSecret,
} from "../../cli/secrets/rotation";

const schemes: readonly Scheme[] = [...providerNames, "hmac"];

describe("What is asked for of a sender's secret", () => {
  const urls = Object.fromEntries(localSenders.map((sender) => [sender, `https://example.com/${sender}`])) as Record<string, string>;

  for (const scheme of schemes)
    it(`is, of ${scheme}, all that the receiver needs`, async () => {
      const { secrets } = await createSigning(urls as never);
      const secret = secrets[scheme === "hmac" ? "example" : scheme] as Record<string, string>;
      const answers = Object.fromEntries(fields[scheme].map(({ key }) => [key, secret[key] ?? ""]));
      assert.ok(checked(scheme, fromAnswers(scheme, answers)));
      const [first] = fields[scheme];
      assert.throws(() => checked(scheme, fromAnswers(scheme, { ...answers, [first.key]: " " })), /takes \{/);
    });

  it("is never shown where it is secret, and only an address has a default", () => {
    for (const scheme of schemes)
      for (const { key, hidden, isUrl } of fields[scheme]) {
        assert.equal(hidden, /secret|key|token|password/i.test(key), `${scheme} ${key}`);
        assert.equal(isUrl ?? false, /url$/i.test(key), `${scheme} ${key}`);
      }
  });

  it("is what the README says that goes into the secret", () => {
    const rows = readFileSync("README.md", "utf8")
      .split("\n")
      .filter((line) => /^ +\| `/.test(line));
    for (const scheme of schemes) {
      const row = rows.find((line) => line.split("|")[1].includes(`\`${scheme}\``));
      assert.ok(row, scheme);
      for (const { key } of fields[scheme]) assert.ok(row.includes(`"${key}"`), `${scheme} ${key}`);
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

describe("A sender's secret", () => {
  const sender: SenderSecret = { name: "stripe", scheme: "stripe", arn: "arn:stripe", url: "https://example.com/stripe" };
  const stored = (...secrets: string[]): StoredSecret => ({
    entries: secrets.map((secret) => ({ secret })),
    since: secrets.length > 0 ? new Date(0) : undefined,
    malformed: false,
  });

  it("is set once, and dropped for another only if that is meant", () => {
    requireSettable(stored(), sender, false);
    assert.throws(() => requireSettable(stored("a"), sender, false), /stripe has a secret already: rotate keeps it/);
    requireSettable(stored("a"), sender, true);
  });

  it("is rotated beside the one in use, and not before it is there, while it is rotated, or to itself", () => {
    assert.deepEqual(requireRotatable(stored("a"), sender), { secret: "a" });
    assert.throws(() => requireRotatable(stored(), sender), /no secret yet/);
    assert.throws(() => requireRotatable(stored("a", "b"), sender), /being rotated already/);
    assert.throws(() => requireRotatable({ ...stored("a"), entries: [], malformed: true }, sender), /cannot use/);
    assert.throws(() => requireNew({ secret: "a" }, { secret: "a" }, sender), /this very secret/);
    requireNew({ secret: "a", encoding: "hex" }, { secret: "a" }, sender);
    requireNew({ secret: "a" }, { secret: "a", encoding: "hex" }, sender);
  });

  it("is the new one when its rotation is finished, and one that is not rotated is kept", () => {
    assert.deepEqual(requireRotating(stored("new", "old"), sender), { secret: "new" });
    assert.throws(() => requireRotating(stored("a"), sender), /not being rotated/);
  });

  it("belongs to a sender of the stack", () => {
    const target = {
      secretsManager: new SecretsManagerClient({}),
      schemes: { "stripe-eu": "stripe" as const },
      secretArns: { "stripe-eu": "arn:1" },
      webhookUrls: { "stripe-eu": "https://example.com" },
    };
    assert.deepEqual(senderOf(target, "stripe-eu"), { name: "stripe-eu", scheme: "stripe", arn: "arn:1", url: "https://example.com" });
    assert.throws(() => senderOf(target, "toString"), /The sender is "toString", but must be one of stripe-eu\./);
    assert.throws(() => senderOf(target, undefined), /The sender is missing/);
  });

  describe("in Secrets Manager", () => {
    let mock: ReturnType<typeof mockClient>;
    const secretsManager = new SecretsManagerClient({});
    before(() => (mock = mockClient(SecretsManagerClient)));
    beforeEach(() => mock.reset());
    after(() => mock.restore());
    const reads = async (SecretString: string) => {
      mock.on(GetSecretValueCommand).resolves({ SecretString, CreatedDate: new Date(0) });
      return readSecret({ secretsManager }, sender);
    };

    it("is none as long as it has no value", async () => {
      mock.on(GetSecretValueCommand).rejects(new ResourceNotFoundException({ message: "no value", $metadata: {} }));
      assert.deepEqual(await readSecret({ secretsManager }, sender), { entries: [], since: undefined, malformed: false });
    });

    it("is what the receiver could use", async () => {
      assert.deepEqual(await reads('{"secret":"a"}'), stored("a"));
      assert.deepEqual(await reads('[{"secret":"b"},{"secret":"a"}]'), stored("b", "a"));
      for (const text of ["whsec_1", "[]", "{}", '[{"secret":"a"},{"secret":"b"},{"secret":"c"}]'])
        assert.deepEqual(await reads(text), { entries: [], since: new Date(0), malformed: true }, text);
    });

    it("fails with AWS's own words", async () => {
      mock.on(GetSecretValueCommand).rejects(new Error("AccessDenied"));
      await assert.rejects(readSecret({ secretsManager }, sender), /AccessDenied/);
    });

    it("is written as one entry, or a list of two", async () => {
      await writeSecret({ secretsManager }, sender, [{ secret: "a" }]);
      await writeSecret({ secretsManager }, sender, [{ secret: "b" }, { secret: "a" }]);
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
