import * as assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { bounds } from "../../../../handlers/request/bounds";
import type { Refusal } from "../../../../handlers/errors";
import { issue } from "../../../helpers/certificates";
import { now, PayPal, payPalsName as name } from "../../../helpers/paypal";

describe("A PayPal signature without a pinned certificate", () => {
  const paypals = new PayPal();
  const { verify, refuses, answers, unpinned } = paypals;
  const { authorities, headersBy, headers, pem, chain } = paypals.withAuthorities();
  const urlOf = (index: number) => `https://api.paypal.com/v1/notifications/certs/CERT-${index}`;

  for (const host of ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"]) {
    it(`is verified with the one from ${host}`, async () => {
      const url = `https://${host}/v1/notifications/certs/CERT-1`;
      const asked = answers(chain);
      await verify(headers({ "paypal-cert-url": url }), unpinned());
      assert.deepEqual(asked, [url]);
    });
  }

  it("causes one request for the certificate per hour", async () => {
    const asked = answers(chain);
    await verify(headers(), unpinned());
    await verify(headers(), unpinned());
    assert.equal(asked.length, 1);
    const later = new Date(now.getTime() + 3_600_001);
    await verify(headers({}, later), { ...unpinned(), at: later });
    assert.equal(asked.length, 2);
  });

  it("caches no certificate longer than it is valid", async () => {
    const shortLived = await issue({ name, issuer: authorities.intermediate, validTo: 0.01 });
    const asked = answers(pem(shortLived, authorities.intermediate));
    await verify(headersBy(shortLived), unpinned());
    const later = new Date(Date.now() + 20 * 60_000);
    await refuses("certificate out of date", headersBy(shortLived, {}, later), { ...unpinned(), at: later });
    assert.equal(asked.length, 2);
  });

  it("caches a limited number of certificates", async () => {
    const asked = answers(chain);
    const at = (index: number) => new Date(now.getTime() + index * 60_000);
    const take = (certificate: number, minute: number) =>
      verify(headers({ "paypal-cert-url": urlOf(certificate) }, at(minute)), { ...unpinned(), at: at(minute) });
    for (let index = 0; index <= 20; index++) await take(index, index);
    await take(0, 21);
    assert.equal(asked.length, 22);
  });

  it("causes a second request after a failure", async () => {
    const asked = answers(() => new Response("", { status: 500 }), chain);
    await verify(headers(), unpinned());
    assert.equal(asked.length, 2);
  });

  const failures: [string, string, number, () => Response][] = [
    ["fails", "certificate not available", 503, () => new Response("oops", { status: 503 })],
    ["gives something else", "certificate not available", 503, () => new Response("<html>no certificate</html>")],
    [
      "cannot be reached",
      "certificate not available",
      503,
      () => {
        throw new TypeError("network");
      },
    ],
    ["knows no such certificate", "no such certificate", 401, () => new Response("", { status: 404 })],
  ];
  for (const [what, reason, status, answer] of failures) {
    it(`is refused while PayPal ${what}, which is cached for a minute`, async () => {
      const asked = answers(answer);
      await refuses(reason, headers(), unpinned(), status);
      const first = asked.length;
      answers(chain);
      const soon = new Date(now.getTime() + 59_999);
      await refuses(reason, headers({}, soon), { ...unpinned(), at: soon }, status);
      assert.ok(first <= 2);
      const later = new Date(now.getTime() + 60_000);
      await verify(headers({}, later), { ...unpinned(), at: later });
    });
  }

  it("causes one request if a thousand forged webhooks name a certificate at once", async () => {
    const asked = answers(() => new Response("", { status: 404 }));
    await Promise.all(Array.from({ length: 1_000 }, () => refuses("no such certificate", headers(), unpinned())));
    assert.equal(asked.length, 1);
  });

  it("causes at most five requests per minute for invented certificates, while known ones are still accepted", async () => {
    await (answers(chain), verify(headers(), unpinned()));
    const later = new Date(now.getTime() + 3_600_001);
    const asked = answers(() => new Response("", { status: 404 }));
    const forged = (index: number, at = later) =>
      verify(headers({ "paypal-cert-url": urlOf(index) }, at), { ...unpinned(), at }).catch((error: Refusal) => error.status);
    const statuses = await Promise.all(Array.from({ length: 200 }, (_, index) => forged(index)));
    assert.equal(asked.length, bounds.certificatesAMinute);
    assert.deepEqual(statuses, [
      ...Array<number>(bounds.certificatesAMinute).fill(401),
      ...Array<number>(200 - bounds.certificatesAMinute).fill(503),
    ]);
    answers(chain);
    await verify(headers({}, later), { ...unpinned(), at: later });
    await refuses("certificates asked for", headers({ "paypal-cert-url": urlOf(300) }, later), { ...unpinned(), at: later }, 503);
    const next = new Date(later.getTime() + 60_000);
    assert.equal(await forged(300, next), undefined);
  });

  it("is refused after its certificate expires, even within the minute", async () => {
    const shortLived = await issue({ name, issuer: authorities.intermediate, validTo: 0.005 });
    answers(pem(shortLived, authorities.intermediate));
    const end = Date.parse(new X509Certificate(shortLived.pem).validTo);
    const before = new Date(end - 1_000);
    await verify(headersBy(shortLived, {}, before), { ...unpinned(), at: before });
    const after = new Date(end + 1_000);
    await refuses("certificate out of date", headersBy(shortLived, {}, after), { ...unpinned(), at: after });
  });

  it("reads an answer only up to a certificate's maximum size", async () => {
    let pulled = 0;
    const endless = () =>
      new Response(
        new ReadableStream({ pull: (controller) => void controller.enqueue(new Uint8Array(16_384).fill(++pulled % 2 ? 65 : 66)) }),
      );
    const asked = answers(endless);
    await refuses("certificate not available", headers(), unpinned(), 503);
    assert.equal(asked.length, 2);
    assert.ok(pulled <= 2 * (bounds.certificateBytes / 16_384 + 3), `${pulled} pieces were read`);
  });

  it("follows no redirect", async () => {
    const all: (RequestInit | undefined)[] = [];
    globalThis.fetch = async (_url, init) => {
      all.push(init);
      return all.length === 1 ? new Response(authorities.own.pem) : new Response(authorities.intermediate.certificate.rawData);
    };
    await verify(headers(), unpinned());
    assert.equal(all.length, 2);
    for (const options of all) {
      assert.equal(options!.redirect, "error");
      assert.ok(options!.signal);
    }
  });
});
