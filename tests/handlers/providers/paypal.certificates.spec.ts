import * as assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { bounds } from "../../../handlers/bounds";
import type { Refusal } from "../../../handlers/errors";
import { trustRoots } from "../../../handlers/providers/paypal.chain";
import { mayStandAbove } from "../../../handlers/providers/paypal.constraints";
import { sign } from "../../../local/signing";
import { issue, type Issued } from "../../helpers/certificates";
import { body, now, PayPal } from "../../helpers/paypal";

describe("A PayPal signature without a pinned certificate", () => {
  const paypals = new PayPal();
  const { verify, refuses, answers, unpinned } = paypals;
  const issuerUrl = "http://cacerts.digicert.com/Intermediate.crt";
  const name = "CN=messageverificationcerts.paypal.com, O=PayPal";
  let root: Issued;
  let intermediate: Issued;
  let own: Issued;
  before(async () => {
    root = await issue({ name: "CN=Root", authority: true });
    intermediate = await issue({ name: "CN=Intermediate", issuer: root, authority: true });
    own = await issue({ name, issuer: intermediate, issuerUrl });
    trustRoots([root.pem]);
  });
  after(() => trustRoots(undefined));

  const headersBy = (signer: Issued, changes: Record<string, string> = {}, at = now) => {
    const keys = { ...paypals.signing, paypal: { ...paypals.signing.paypal, privateKey: signer.privateKey } };
    return { ...sign("paypal", body, keys, at), ...changes };
  };
  const headers = (...rest: [Record<string, string>?, Date?]) => headersBy(own, ...rest);
  const urlOf = (index: number) => `https://api.paypal.com/v1/notifications/certs/CERT-${index}`;
  const chain = () => new Response(`${own.pem}\n${intermediate.pem}`);
  const pem = (...certificates: Issued[]) => () => new Response(certificates.map((one) => one.pem).join("\n"));
  const der = (one: Issued) => () => new Response(one.certificate.rawData);

  for (const host of ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"]) {
    it(`is verified with the one that ${host} gives`, async () => {
      const url = `https://${host}/v1/notifications/certs/CERT-1`;
      const asked = answers(chain);
      await verify(headers({ "paypal-cert-url": url }), unpinned());
      assert.deepEqual(asked, [url]);
    });
  }

  it("asks for the certificate once an hour", async () => {
    const asked = answers(chain);
    await verify(headers(), unpinned());
    await verify(headers(), unpinned());
    assert.equal(asked.length, 1);
    const later = new Date(now.getTime() + 3_600_001);
    await verify(headers({}, later), { ...unpinned(), at: later });
    assert.equal(asked.length, 2);
  });

  it("remembers no certificate longer than it is valid", async () => {
    const shortLived = await issue({ name, issuer: intermediate, validTo: 0.01 });
    const asked = answers(pem(shortLived, intermediate));
    await verify(headersBy(shortLived), unpinned());
    const later = new Date(now.getTime() + 20 * 60_000);
    await refuses("certificate out of date", headersBy(shortLived, {}, later), { ...unpinned(), at: later });
    assert.equal(asked.length, 2);
  });

  it("remembers a bounded number of certificates", async () => {
    const asked = answers(chain);
    const at = (index: number) => new Date(now.getTime() + index * 60_000);
    const take = (certificate: number, minute: number) => verify(headers({ "paypal-cert-url": urlOf(certificate) }, at(minute)), { ...unpinned(), at: at(minute) });
    for (let index = 0; index <= 20; index++) await take(index, index);
    await take(0, 21);
    assert.equal(asked.length, 22);
  });

  it("asks a second time after a failure", async () => {
    const asked = answers(() => new Response("", { status: 500 }), chain);
    await verify(headers(), unpinned());
    assert.equal(asked.length, 2);
  });

  const failures: [string, string, number, () => Response][] = [
    ["fails", "certificate not available", 503, () => new Response("oops", { status: 503 })],
    ["gives something else", "certificate not available", 503, () => new Response("<html>no certificate</html>")],
    ["cannot be reached", "certificate not available", 503, () => { throw new TypeError("network"); }],
    ["knows no such certificate", "no such certificate", 401, () => new Response("", { status: 404 })],
  ];
  for (const [what, reason, status, answer] of failures) {
    it(`is refused while PayPal ${what}, which is remembered for a minute`, async () => {
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

  it("asks once for a certificate that a thousand forged requests name at once", async () => {
    const asked = answers(() => new Response("", { status: 404 }));
    await Promise.all(Array.from({ length: 1_000 }, () => refuses("no such certificate", headers(), unpinned())));
    assert.equal(asked.length, 1);
  });

  it("asks for five certificates in a minute that forged requests make up, and goes on taking those that it knows", async () => {
    await (answers(chain), verify(headers(), unpinned()));
    const later = new Date(now.getTime() + 3_600_001);
    const asked = answers(() => new Response("", { status: 404 }));
    const forged = (index: number, at = later) => verify(headers({ "paypal-cert-url": urlOf(index) }, at), { ...unpinned(), at }).catch((error: Refusal) => error.status);
    const statuses = await Promise.all(Array.from({ length: 200 }, (_, index) => forged(index)));
    assert.equal(asked.length, bounds.certificatesAMinute);
    assert.deepEqual(statuses, [...Array<number>(bounds.certificatesAMinute).fill(401), ...Array<number>(200 - bounds.certificatesAMinute).fill(503)]);
    answers(chain);
    await verify(headers({}, later), { ...unpinned(), at: later });
    await refuses("certificates asked for", headers({ "paypal-cert-url": urlOf(300) }, later), { ...unpinned(), at: later }, 503);
    const next = new Date(later.getTime() + 60_000);
    assert.equal(await forged(300, next), undefined);
  });

  it("takes no certificate, valid for seconds, after it has run out within the minute", async () => {
    const shortLived = await issue({ name, issuer: intermediate, validTo: 0.005 });
    answers(pem(shortLived, intermediate));
    const end = Date.parse(new X509Certificate(shortLived.pem).validTo);
    const before = new Date(end - 1_000);
    await verify(headersBy(shortLived, {}, before), { ...unpinned(), at: before });
    const after = new Date(end + 1_000);
    await refuses("certificate out of date", headersBy(shortLived, {}, after), { ...unpinned(), at: after });
  });

  it("reads no more of an answer than a certificate may be long", async () => {
    let pulled = 0;
    const endless = () => new Response(new ReadableStream({ pull: (controller) => void controller.enqueue(new Uint8Array(16_384).fill(++pulled % 2 ? 65 : 66)) }));
    const asked = answers(endless);
    await refuses("certificate not available", headers(), unpinned(), 503);
    assert.equal(asked.length, 2);
    assert.ok(pulled <= 2 * (bounds.certificateBytes / 16_384 + 3), `${pulled} pieces were read`);
  });

  it("follows no redirect", async () => {
    const all: (RequestInit | undefined)[] = [];
    globalThis.fetch = async (_url, init) => {
      all.push(init);
      return all.length === 1 ? new Response(own.pem) : new Response(intermediate.certificate.rawData);
    };
    await verify(headers(), unpinned());
    assert.equal(all.length, 2);
    for (const options of all) {
      assert.equal(options!.redirect, "error");
      assert.ok(options!.signal);
    }
  });

  it("takes the issuer that PayPal left out from where the certificate says, over https", async () => {
    const asked = answers(pem(own), der(intermediate));
    await verify(headers(), unpinned());
    assert.deepEqual(asked.slice(1), ["https://cacerts.digicert.com/Intermediate.crt"]);
  });

  it("is unavailable while that issuer's certificate is", async () => {
    answers(pem(own), () => new Response("oops", { status: 500 }), () => new Response("<html>"));
    await refuses("certificate not available", headers(), unpinned(), 503);
  });

  it("accepts a certificate that an authority has signed without another between", async () => {
    const direct = await issue({ name: "CN=messageverificationcerts.sandbox.paypal.com", issuer: root });
    answers(pem(direct));
    await verify(headersBy(direct), unpinned());
  });

  it("accepts a certificate at the end of a path that is as long as may be", async () => {
    const wide = await issue({ name: "CN=Wide root", authority: true, pathLength: 1 });
    trustRoots([wide.pem]);
    const narrow = await issue({ name: "CN=Narrow", issuer: wide, authority: true, pathLength: 0 });
    const renewed = await issue({ name: "CN=Narrow", issuer: narrow, authority: true, pathLength: 0 });
    for (const all of [[narrow], [renewed, narrow]]) {
      const leaf = await issue({ name, issuer: all[0] });
      const url = `https://api.paypal.com/v1/notifications/certs/CERT-${all.length}`;
      answers(pem(leaf, ...all));
      await verify(headersBy(leaf, { "paypal-cert-url": url }), unpinned());
    }
    trustRoots([root.pem]);
  });

  const refused: [string, string, () => Promise<[signer: Issued, ...answers: (() => Response)[]]>][] = [
    ["by itself alone", "certificate chain", async () => [await issue({ name }), pem(await issue({ name }))]],
    ["by an authority that nobody trusts", "certificate chain", async () => {
      const other = await issue({ name: "CN=Root", authority: true });
      const leaf = await issue({ name, issuer: other });
      return [leaf, pem(leaf, other)];
    }],
    ["by somebody whom an authority vouches for, but who is none", "certificate chain", async () => {
      const customer = await issue({ name: "CN=Customer", issuer: root });
      const leaf = await issue({ name, issuer: customer });
      return [leaf, pem(leaf, customer)];
    }],
    ["with another name", "certificate name", async () => {
      const leaf = await issue({ name: "CN=evil.example", issuer: intermediate });
      return [leaf, pem(leaf, intermediate)];
    }],
    ["with a name that only looks like PayPal's", "certificate name", async () => {
      const leaf = await issue({ name: "CN=messageverificationcerts.paypal.com.evil.example", issuer: intermediate });
      return [leaf, pem(leaf, intermediate)];
    }],
    ...["CN=evil.example, ", "CN=evil.example+"].map((other): (typeof refused)[number] => [
      `with PayPal's name beside another (${other})`,
      "certificate name",
      async () => {
        const leaf = await issue({ name: `${other}${name}`, issuer: intermediate });
        return [leaf, pem(leaf, intermediate)];
      },
    ]),
    ["with PayPal's name in another field", "certificate name", async () => {
      const leaf = await issue({ name: `CN=evil.example, O="x\\0ACN=messageverificationcerts.paypal.com"`, issuer: intermediate });
      return [leaf, pem(leaf, intermediate)];
    }],
    ["past the path length of an authority", "certificate chain", async () => {
      const narrow = await issue({ name: "CN=Narrow", issuer: root, authority: true, pathLength: 0 });
      const below = await issue({ name: "CN=Below", issuer: narrow, authority: true });
      const leaf = await issue({ name, issuer: below });
      return [leaf, pem(leaf, below, narrow)];
    }],
    ["past the path length of the root", "certificate chain", async () => {
      const narrow = await issue({ name: "CN=Narrow root", authority: true, pathLength: 0 });
      trustRoots([root.pem, narrow.pem]);
      const below = await issue({ name: "CN=Below", issuer: narrow, authority: true });
      const leaf = await issue({ name, issuer: below });
      return [leaf, pem(leaf, below)];
    }],
    ["by an authority for certain names", "certificate chain", async () => {
      const named = await issue({ name: "CN=Named", issuer: root, authority: true, onlyFor: "evil.example" });
      const leaf = await issue({ name, issuer: named });
      return [leaf, pem(leaf, named)];
    }],
    ["that is not valid yet", "certificate out of date", async () => {
      const leaf = await issue({ name, issuer: intermediate, validFrom: 1 });
      return [leaf, pem(leaf, intermediate)];
    }],
    ["by an authority that has run out", "certificate out of date", async () => {
      const old = await issue({ name: "CN=Old", issuer: root, authority: true, validFrom: -9, validTo: -1 });
      const leaf = await issue({ name, issuer: old });
      return [leaf, pem(leaf, old)];
    }],
    ["whose issuer is to be had elsewhere", "certificate chain", async () => {
      const leaf = await issue({ name, issuer: intermediate, issuerUrl: "http://evil.example/Intermediate.crt" });
      return [leaf, pem(leaf), der(intermediate)];
    }],
    ["whose issuer is to be had from a look-alike", "certificate chain", async () => {
      const leaf = await issue({ name, issuer: intermediate, issuerUrl: "http://user@cacerts.digicert.com/Intermediate.crt" });
      return [leaf, pem(leaf), der(intermediate)];
    }],
    ["in whose issuer's place is another", "certificate chain", async () => [own, pem(own), der(root)]],
    ["in whose issuer's place is nonsense", "malformed certificate", async () => [own, pem(own), () => new Response("0nonsense")]],
    ["in a chain that does not end", "certificate chain", async () => {
      let above = await issue({ name: "CN=0", issuer: root, authority: true });
      const all = [above];
      for (let length = 1; length <= 4; length++) all.unshift((above = await issue({ name: `CN=${length}`, issuer: above, authority: true })));
      const leaf = await issue({ name, issuer: above });
      return [leaf, pem(leaf, ...all)];
    }],
  ];
  for (const [what, reason, prepare] of refused) {
    it(`is refused under a certificate ${what}`, async () => {
      const [signer, ...responses] = await prepare();
      answers(...responses);
      await refuses(reason, headersBy(signer), unpinned());
      trustRoots([root.pem]);
    });
  }

  it("refuses none of the authorities that Node.js trusts for its bounds alone", () => {
    const roots = rootCertificates.map((one) => new X509Certificate(one));
    assert.deepEqual(roots.filter((one) => !mayStandAbove(one, 0)).map(({ subject }) => subject), []);
  });

  it("trusts what Node.js trusts, unless told otherwise", async () => {
    trustRoots(undefined);
    answers(chain, der(intermediate));
    await refuses("certificate chain", headers(), unpinned());
    trustRoots([root.pem]);
  });
});
