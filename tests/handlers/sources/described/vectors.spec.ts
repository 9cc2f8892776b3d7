import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { catalogProviders, descriptionOf, readCatalog } from "../../../../domain/catalog";
import { parseTemplate, signs, signsBody, type ProviderDescription } from "../../../../domain/description";
import { confidentialHeaders } from "../../../../domain/sources";
import { Refusal } from "../../../../handlers/errors";
import { parseBody } from "../../../../handlers/request/body";
import type { WebhookRequest } from "../../../../handlers/request/request";
import { describedProvider } from "../../../../handlers/sources/described/provider";
import { clearFetched } from "../../../../handlers/sources/lib/fetched";
import { webhookRequest } from "../../../../testbed/handlers";

/** A request that the provider's documentation prints, or that its own library has made or accepted. */
interface Vector {
  origin: "documentation" | "library";
  source: string;
  secret: string | Readonly<Record<string, string>>;
  url: string;
  headers: Record<string, string>;
  body?: string;
  bodyBase64?: string;
  now?: string;
  /** Keys or certificates that the provider publishes, by their URLs. */
  answers?: Readonly<Record<string, string>>;
}

const folder = "tests/domain/catalog";
const vectorOf = (name: string) => JSON.parse(readFileSync(path.join(folder, `${name}.json`), "utf8")) as Vector;

function requestOf({ headers, body, bodyBase64, url }: Vector): WebhookRequest {
  const lower = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
  const bytes = bodyBase64 === undefined ? Buffer.from(body!) : Buffer.from(bodyBase64, "base64");
  return webhookRequest(bytes, lower, Object.fromEntries(new URL(url).searchParams));
}

/** Answers requests for what a provider publishes, in place of the network. */
function answering(answers: Vector["answers"] = {}): void {
  const original = globalThis.fetch;
  before(() => (globalThis.fetch = async (url) => new Response(answers[String(url)], { status: String(url) in answers ? 200 : 404 })));
  after(() => {
    globalThis.fetch = original;
    clearFetched();
  });
}

/** Returns which bytes of a body are signed: all, or of Amazon SNS the values of some fields. */
function signedPositions({ verify }: ProviderDescription, body: Buffer): (position: number) => boolean {
  if (verify.scheme !== "aws-sns") return () => true;
  const ranges = ["Message", "MessageId", "Timestamp", "TopicArn", "Type", "Signature"].map((key) => {
    const found = new RegExp(`"${key}":"((?:[^"\\\\]|\\\\.)*)"`, "d").exec(body.toString("latin1"))!;
    return found.indices![1]!;
  });
  return (position) => ranges.some(([from, to]) => from <= position && position < to);
}

const isRefusal = (error: unknown) => error instanceof Refusal;

describe("The catalog", () => {
  it("has a vector for each provider, and no other", () =>
    assert.deepEqual(
      readdirSync(folder).sort(),
      catalogProviders.map((name) => `${name}.json`),
    ));

  for (const name of catalogProviders) {
    const description = descriptionOf(name);
    const vector = vectorOf(name);
    const provider = describedProvider(description);
    const now = vector.now === undefined ? new Date() : new Date(vector.now);
    const { verify } = description;
    const value: unknown =
      typeof vector.secret === "object"
        ? vector.secret
        : verify.scheme === "token"
          ? { token: vector.secret }
          : { secret: vector.secret, url: vector.url };
    const credential = provider.parseCredential(value);
    const verifies = async (request: WebhookRequest, one = credential, at = now) => provider.verify(request, [one], at);
    const request = { ...requestOf(vector), ...(description.readAs && { mediaType: description.readAs }) };
    const isSignedAt = signedPositions(description, request.body);

    describe(name, () => {
      answering(vector.answers);

      it("verifies what its own library or documentation has signed", () => verifies(request));

      if (signsBody(description))
        it("refuses one flipped bit of the body, wherever it is", async () => {
          const step = Math.max(1, Math.floor(request.body.length / 80));
          for (let at = 0; at < request.body.length; at += step) {
            if (!isSignedAt(at)) continue;
            const body = Buffer.from(request.body);
            body[at] ^= 1;
            await assert.rejects(verifies({ ...request, body }), isRefusal, String(at));
          }
        });

      it("refuses another key and another signature", async () => {
        const [header] = confidentialHeaders({ provider: name, description });
        if (header !== undefined) {
          const text = request.headers[header];
          // Each signature, or the token: there may be several.
          const changed = text.replace(/[^\s,;=]{6,}/g, (one) => `${one.slice(0, -4)}${one.endsWith("AAAA") ? "BBBB" : "AAAA"}`);
          for (const other of [changed, ""])
            await assert.rejects(verifies({ ...request, headers: { ...request.headers, [header]: other } }), isRefusal, other);
        }
      });

      if (description.time && "header" in description.time) {
        const { header, toleranceSeconds = 300, unit } = description.time;
        it("refuses another time, one that is no time, and an old request", async () => {
          const text = request.headers[header];
          const other =
            unit === "rfc3339"
              ? text.replace(/:(\d)(\d)/, (_, tens: string, ones: string) => `:${tens}${(Number(ones) + 1) % 10}`)
              : String(Number(text) + 1);
          for (const changed of [other, "soon", ""])
            await assert.rejects(verifies({ ...request, headers: { ...request.headers, [header]: changed } }), isRefusal, changed);
          await assert.rejects(verifies(request, credential, new Date(now.getTime() + (toleranceSeconds + 60) * 1_000)), {
            reason: "stale",
          });
        });
      }

      if (description.time && "part" in description.time && "signature" in verify && "header" in verify.signature) {
        const { part, toleranceSeconds = 300 } = description.time;
        const { header } = verify.signature;
        it(`refuses another time in the part ${part}, one that is no time, none, and an old request`, async () => {
          const [, text] = new RegExp(`${part}=(\\d+)`).exec(request.headers[header])!;
          for (const changed of [`${part}=${Number(text) + 1}`, `${part}=soon`, `${part}=`, `x=${text}`]) {
            const headers = { ...request.headers, [header]: request.headers[header].replace(`${part}=${text}`, changed) };
            await assert.rejects(verifies({ ...request, headers }), isRefusal, changed);
          }
          await assert.rejects(verifies(request, credential, new Date(now.getTime() + (toleranceSeconds + 60) * 1_000)), {
            reason: "stale",
          });
        });
      }

      const signed = "signed" in verify ? parseTemplate(verify.signed) : [];
      const idHeader = "header" in description.identity ? description.identity.header : undefined;
      for (const header of signed.flatMap(({ name: part, value }) => (part === "header" ? value! : part === "id" ? idHeader! : [])))
        it(`refuses another ${header}, which is signed, and none`, async () => {
          for (const other of [`${request.headers[header]}x`, ""])
            await assert.rejects(verifies({ ...request, headers: { ...request.headers, [header]: other } }), isRefusal, other);
        });

      if (signed.some(({ name: part }) => part === "method"))
        it("refuses another method, which is signed", () => assert.rejects(verifies({ ...request, method: "PUT" }), isRefusal));

      if (signs(description, "url"))
        it("refuses another URL, which is signed", () => {
          const other = provider.parseCredential({ ...(value as object), url: `${vector.url}x` });
          return assert.rejects(verifies(request, other), isRefusal);
        });

      it("identifies the event, the same at each delivery", () => {
        const event = parseBody(request.body, request.mediaType)!;
        const identity = provider.identify(event, request)!;
        assert.ok(identity.eventId.length > 0 && identity.eventId.length <= 512, identity.eventId);
        assert.equal(provider.identify(event, request)!.eventId, identity.eventId);
      });

      it("names its documentation and steps to its secret", () => {
        const { documentation, secret = [], title } = readCatalog(name);
        assert.ok(URL.canParse(documentation) && title.length > 0);
        assert.ok(secret.length >= 3, "steps to the secret");
      });
    });
  }
});
