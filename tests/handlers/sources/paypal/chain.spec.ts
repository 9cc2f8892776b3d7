import * as assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { trustRoots } from "../../../../handlers/sources/paypal/chain";
import { mayStandAbove } from "../../../../handlers/sources/paypal/constraints";
import { issue, type Issued } from "../../../helpers/certificates";
import { PayPal, payPalsName as name } from "../../../helpers/paypal";

describe("A PayPal signature by a certificate of a chain", () => {
  const paypals = new PayPal();
  const { verify, refuses, answers, unpinned } = paypals;
  const { authorities, headersBy, headers, pem, der, chain } = paypals.withAuthorities();

  it("takes the issuer that PayPal left out from where the certificate says, over https", async () => {
    const asked = answers(pem(authorities.own), der(authorities.intermediate));
    await verify(headers(), unpinned());
    assert.deepEqual(asked.slice(1), ["https://cacerts.digicert.com/Intermediate.crt"]);
  });

  it("is unavailable while that issuer's certificate is", async () => {
    answers(
      pem(authorities.own),
      () => new Response("oops", { status: 500 }),
      () => new Response("<html>"),
    );
    await refuses("certificate not available", headers(), unpinned(), 503);
  });

  it("accepts a certificate that an authority has signed without another between", async () => {
    const direct = await issue({ name: "CN=messageverificationcerts.sandbox.paypal.com", issuer: authorities.root });
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
    trustRoots([authorities.root.pem]);
  });

  const refused: [string, string, () => Promise<[signer: Issued, ...answers: (() => Response)[]]>][] = [
    ["by itself alone", "certificate chain", async () => [await issue({ name }), pem(await issue({ name }))]],
    [
      "by an authority that nobody trusts",
      "certificate chain",
      async () => {
        const other = await issue({ name: "CN=Root", authority: true });
        const leaf = await issue({ name, issuer: other });
        return [leaf, pem(leaf, other)];
      },
    ],
    [
      "by somebody whom an authority vouches for, but who is none",
      "certificate chain",
      async () => {
        const customer = await issue({ name: "CN=Customer", issuer: authorities.root });
        const leaf = await issue({ name, issuer: customer });
        return [leaf, pem(leaf, customer)];
      },
    ],
    [
      "with another name",
      "certificate name",
      async () => {
        const leaf = await issue({ name: "CN=evil.example", issuer: authorities.intermediate });
        return [leaf, pem(leaf, authorities.intermediate)];
      },
    ],
    [
      "with a name that only looks like PayPal's",
      "certificate name",
      async () => {
        const leaf = await issue({ name: "CN=messageverificationcerts.paypal.com.evil.example", issuer: authorities.intermediate });
        return [leaf, pem(leaf, authorities.intermediate)];
      },
    ],
    ...["CN=evil.example, ", "CN=evil.example+"].map((other): (typeof refused)[number] => [
      `with PayPal's name beside another (${other})`,
      "certificate name",
      async () => {
        const leaf = await issue({ name: `${other}${name}`, issuer: authorities.intermediate });
        return [leaf, pem(leaf, authorities.intermediate)];
      },
    ]),
    [
      "with PayPal's name in another field",
      "certificate name",
      async () => {
        const leaf = await issue({
          name: `CN=evil.example, O="x\\0ACN=messageverificationcerts.paypal.com"`,
          issuer: authorities.intermediate,
        });
        return [leaf, pem(leaf, authorities.intermediate)];
      },
    ],
    [
      "past the path length of an authority",
      "certificate chain",
      async () => {
        const narrow = await issue({ name: "CN=Narrow", issuer: authorities.root, authority: true, pathLength: 0 });
        const below = await issue({ name: "CN=Below", issuer: narrow, authority: true });
        const leaf = await issue({ name, issuer: below });
        return [leaf, pem(leaf, below, narrow)];
      },
    ],
    [
      "past the path length of the root",
      "certificate chain",
      async () => {
        const narrow = await issue({ name: "CN=Narrow root", authority: true, pathLength: 0 });
        trustRoots([authorities.root.pem, narrow.pem]);
        const below = await issue({ name: "CN=Below", issuer: narrow, authority: true });
        const leaf = await issue({ name, issuer: below });
        return [leaf, pem(leaf, below)];
      },
    ],
    [
      "by an authority for certain names",
      "certificate chain",
      async () => {
        const named = await issue({ name: "CN=Named", issuer: authorities.root, authority: true, onlyFor: "evil.example" });
        const leaf = await issue({ name, issuer: named });
        return [leaf, pem(leaf, named)];
      },
    ],
    [
      "that is not valid yet",
      "certificate out of date",
      async () => {
        const leaf = await issue({ name, issuer: authorities.intermediate, validFrom: 1 });
        return [leaf, pem(leaf, authorities.intermediate)];
      },
    ],
    [
      "by an authority that has run out",
      "certificate out of date",
      async () => {
        const old = await issue({ name: "CN=Old", issuer: authorities.root, authority: true, validFrom: -9, validTo: -1 });
        const leaf = await issue({ name, issuer: old });
        return [leaf, pem(leaf, old)];
      },
    ],
    [
      "whose issuer is to be had elsewhere",
      "certificate chain",
      async () => {
        const leaf = await issue({ name, issuer: authorities.intermediate, issuerUrl: "http://evil.example/Intermediate.crt" });
        return [leaf, pem(leaf), der(authorities.intermediate)];
      },
    ],
    [
      "whose issuer is to be had from a look-alike",
      "certificate chain",
      async () => {
        const leaf = await issue({
          name,
          issuer: authorities.intermediate,
          issuerUrl: "http://user@cacerts.digicert.com/Intermediate.crt",
        });
        return [leaf, pem(leaf), der(authorities.intermediate)];
      },
    ],
    ["in whose issuer's place is another", "certificate chain", async () => [authorities.own, pem(authorities.own), der(authorities.root)]],
    [
      "in whose issuer's place is nonsense",
      "malformed certificate",
      async () => [authorities.own, pem(authorities.own), () => new Response("0nonsense")],
    ],
    [
      "in a chain that does not end",
      "certificate chain",
      async () => {
        let above = await issue({ name: "CN=0", issuer: authorities.root, authority: true });
        const all = [above];
        for (let length = 1; length <= 4; length++)
          all.unshift((above = await issue({ name: `CN=${length}`, issuer: above, authority: true })));
        const leaf = await issue({ name, issuer: above });
        return [leaf, pem(leaf, ...all)];
      },
    ],
  ];
  for (const [what, reason, prepare] of refused) {
    it(`is refused under a certificate ${what}`, async () => {
      const [signer, ...responses] = await prepare();
      answers(...responses);
      await refuses(reason, headersBy(signer), unpinned());
      trustRoots([authorities.root.pem]);
    });
  }

  it("refuses none of the authorities that Node.js trusts for its bounds alone", () => {
    const roots = rootCertificates.map((one) => new X509Certificate(one));
    assert.deepEqual(
      roots.filter((one) => !mayStandAbove(one, 0)).map(({ subject }) => subject),
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
