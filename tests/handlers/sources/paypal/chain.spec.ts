import * as assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { trustRoots } from "../../../../handlers/sources/paypal/chain";
import { mayIssueAbove } from "../../../../handlers/sources/paypal/constraints";
import { issue, type Issued } from "../../../helpers/certificates";
import { PayPal, payPalsName as name } from "../../../helpers/paypal";

describe("A PayPal signature by a certificate with a chain", () => {
  const paypals = new PayPal();
  const { verify, refuses, answers, unpinned } = paypals;
  const { authorities, headersBy, headers, pem, der, chain } = paypals.withAuthorities();

  it("fetches an issuer that PayPal left out from the certificate's own URL, over https", async () => {
    const asked = answers(pem(authorities.own), der(authorities.intermediate));
    await verify(headers(), unpinned());
    assert.deepEqual(asked.slice(1), ["https://cacerts.digicert.com/Intermediate.crt"]);
  });

  it("is unavailable while the issuer's certificate is", async () => {
    answers(
      pem(authorities.own),
      () => new Response("oops", { status: 500 }),
      () => new Response("<html>"),
    );
    await refuses("certificate not available", headers(), unpinned(), 503);
  });

  it("accepts a certificate that a root has signed directly", async () => {
    const direct = await issue({ name: "CN=messageverificationcerts.sandbox.paypal.com", issuer: authorities.root });
    answers(pem(direct));
    await verify(headersBy(direct), unpinned());
  });

  it("accepts a certificate at the end of the longest allowed path", async () => {
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
    trustRoots([authorities.root.pem]);
  });

  /** Signers, and the network's answers in turn. */
  type Prepared = [signer: Issued, ...answers: (() => Response)[]];
  const below = (request: Omit<Parameters<typeof issue>[0], "name">) => issue({ name, issuer: authorities.intermediate, ...request });
  const authority = (request: Parameters<typeof issue>[0]) => issue({ authority: true, ...request });
  /** Creates PayPal's own certificate under these, which come with it. */
  const sent = async (...above: Issued[]): Promise<Prepared> => {
    const leaf = await below({ issuer: above[0] });
    return [leaf, pem(leaf, ...above)];
  };
  const named = async (other: string): Promise<Prepared> => {
    const leaf = await issue({ name: other, issuer: authorities.intermediate });
    return [leaf, pem(leaf, authorities.intermediate)];
  };
  const issuedAt = async (issuerUrl: string): Promise<Prepared> => {
    const leaf = await below({ issuerUrl });
    return [leaf, pem(leaf), der(authorities.intermediate)];
  };

  const underChain: Record<string, () => Promise<Prepared>> = {
    "that is self-signed": async () => [await issue({ name }), pem(await issue({ name }))],
    "by an untrusted authority": async () => sent(await authority({ name: "CN=Root" })),
    "by a certificate that is not an authority's": async () => sent(await issue({ name: "CN=Customer", issuer: authorities.root })),
    "past the path length of an authority": async () => {
      const narrow = await authority({ name: "CN=Narrow", issuer: authorities.root, pathLength: 0 });
      return sent(await authority({ name: "CN=Below", issuer: narrow }), narrow);
    },
    "past the path length of the root": async () => {
      const narrow = await authority({ name: "CN=Narrow root", pathLength: 0 });
      trustRoots([authorities.root.pem, narrow.pem]);
      return sent(await authority({ name: "CN=Below", issuer: narrow }));
    },
    "by an authority for certain names": async () =>
      sent(await authority({ name: "CN=Named", issuer: authorities.root, onlyFor: "evil.example" })),
    "whose issuer is on another host": () => issuedAt("http://evil.example/Intermediate.crt"),
    "whose issuer is on a look-alike host": () => issuedAt("http://user@cacerts.digicert.com/Intermediate.crt"),
    "whose fetched issuer is another certificate": async () => [authorities.own, pem(authorities.own), der(authorities.root)],
    "in a chain that does not end": async () => {
      const all = [await authority({ name: "CN=0", issuer: authorities.root })];
      for (let length = 1; length <= 4; length++) all.unshift(await authority({ name: `CN=${length}`, issuer: all[0] }));
      return sent(...all);
    },
  };
  const refused: [reason: string, what: string, prepare: () => Promise<Prepared>][] = [
    ...Object.entries(underChain).map(([what, prepare]): [string, string, typeof prepare] => ["certificate chain", what, prepare]),
    ...[
      "CN=evil.example",
      "CN=messageverificationcerts.paypal.com.evil.example",
      `CN=evil.example, ${name}`,
      `CN=evil.example+${name}`,
      `CN=evil.example, O="x\\0ACN=messageverificationcerts.paypal.com"`,
    ].map((other): [string, string, () => Promise<Prepared>] => ["certificate name", `with the name ${other}`, () => named(other)]),
    [
      "certificate out of date",
      "that is not valid yet",
      async () => {
        const leaf = await below({ validFrom: 1 });
        return [leaf, pem(leaf, authorities.intermediate)];
      },
    ],
    [
      "certificate out of date",
      "by an authority that has run out",
      async () => sent(await authority({ name: "CN=Old", issuer: authorities.root, validFrom: -9, validTo: -1 })),
    ],
    [
      "malformed certificate",
      "in whose issuer's place is nonsense",
      async () => [authorities.own, pem(authorities.own), () => new Response("0nonsense")],
    ],
  ];
  for (const [reason, what, prepare] of refused)
    it(`is refused under a certificate ${what}`, async () => {
      const [signer, ...responses] = await prepare();
      answers(...responses);
      await refuses(reason, headersBy(signer), unpinned());
      trustRoots([authorities.root.pem]);
    });

  it("accepts the constraints of all authorities that Node.js trusts", () => {
    const roots = rootCertificates.map((one) => new X509Certificate(one));
    assert.deepEqual(
      roots.filter((one) => !mayIssueAbove(one, 0)).map(({ subject }) => subject),
      [],
    );
  });

  it("trusts what Node.js trusts, unless told otherwise", async () => {
    trustRoots(undefined);
    answers(chain, der(authorities.intermediate));
    await refuses("certificate chain", headers(), unpinned());
    trustRoots([authorities.root.pem]);
  });
});
