import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { Refusal } from "../../errors";
import { readCertificate, requireValidNow } from "../lib/certificate";
import { mayIssueAbove } from "./constraints";

/** Most certificates of a chain. PayPal's own and two authorities are usual. */
const longestChain = 4;

/** Only host from which an authority's certificate is fetched that PayPal left out. PayPal's certificates come from DigiCert. */
const issuersHost = "cacerts.digicert.com";

/** Matches the common name of PayPal's certificate, live and sandbox. */
const commonName = /^CN=messageverificationcerts(\.[a-z]+)?\.paypal\.com$/;

let roots: X509Certificate[] | undefined;

/** Sets the trusted authorities, for tests; `undefined`: those of Node.js. */
export function trustRoots(pems: readonly string[] | undefined): void {
  roots = pems?.map((pem) => new X509Certificate(pem));
}

function trustedRoots(): readonly X509Certificate[] {
  roots ??= rootCertificates.map((pem) => new X509Certificate(pem));
  return roots;
}

/**
 * Requires PayPal's name. A certificate with two common names belongs to both owners; it is unknown which one requested it.
 * @throws Refusal signature
 */
function requirePayPalsName({ subject }: X509Certificate): void {
  const names = subject.split(/\n| \+ /).filter((part) => part.startsWith("CN="));
  if (names.length !== 1 || !commonName.test(names[0])) throw new Refusal("signature", "certificate name");
}

/**
 * Verifies that a certificate is PayPal's: its name, its dates, and signatures up to an authority that Node.js trusts. Each certificate on
 * the way must be within its dates and constraints.
 * @param others certificates that came with it
 * @param download fetches an authority's certificate in DER that did not come with it
 * @throws Refusal signature; the error of `download`
 */
export async function requirePayPalsCertificate(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  now: Date,
  download: (url: string) => Promise<Buffer>,
): Promise<void> {
  requireValidNow(certificate, now);
  requirePayPalsName(certificate);
  let current = certificate;
  let authorities = 0;
  for (let length = 1; length <= longestChain; length++) {
    const issued = (issuer: X509Certificate) =>
      issuer.ca && current.checkIssued(issuer) && current.verify(issuer.publicKey) && mayIssueAbove(issuer, authorities);
    const root = trustedRoots().find(issued);
    if (root) return requireValidNow(root, now);
    const issuer = others.find(issued) ?? readCertificate(await download(issuerAddress(current)));
    if (!issued(issuer)) break;
    requireValidNow(issuer, now);
    current = issuer;
    if (issuer.subject !== issuer.issuer) authorities++;
  }
  throw new Refusal("signature", "certificate chain");
}

/** Returns the URL of the issuer's certificate. Its signature proves that certificate, but requests still go to one host only. */
function issuerAddress({ infoAccess }: X509Certificate): string {
  const text = /^CA Issuers - URI:https?:\/\/(\S+)$/m.exec(infoAccess ?? "")?.[1] ?? "";
  const url = URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined;
  if (url?.host !== issuersHost || url.username !== "" || url.password !== "") throw new Refusal("signature", "certificate chain");
  return url.href;
}
