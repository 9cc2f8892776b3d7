import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  Extension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
/** Key pairs that certificates use in turn: more than any test's chain has. Generating a pair takes a quarter of a second. */
const pairs: Promise<CryptoKeyPair>[] = [];
const differentPairs = 8;
let issued = 0;
function nextPair(): Promise<CryptoKeyPair> {
  const turn = issued++ % differentPairs;
  return (pairs[turn] ??= webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]));
}
const day = 24 * 60 * 60 * 1000;

/** A certificate with its keys, to issue others. */
export interface Issued {
  certificate: X509Certificate;
  keys: CryptoKeyPair;
  pem: string;
  /** Private key as PEM. */
  privateKey: string;
}

interface Request {
  name: string;
  /** Issuing certificate; `undefined` for a self-signed one. */
  issuer?: Issued;
  authority?: boolean;
  /** Maximum number of authorities between this one and an end certificate. */
  pathLength?: number;
  /** The only host for which it can issue certificates. */
  onlyFor?: string;
  /** Host of the server that shows it. */
  host?: string;
  /** Address of the issuer's certificate. */
  issuerUrl?: string;
  /** Start of validity, in days from now. */
  validFrom?: number;
  /** End of validity, in days from now. */
  validTo?: number;
}

/** Encodes name constraints with one permitted host, in DER. @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10 */
function nameConstraints(host: string): Uint8Array<ArrayBuffer> {
  const element = (tag: number, content: Buffer) => Buffer.concat([Buffer.from([tag, content.length]), content]);
  return new Uint8Array(element(0x30, element(0xa0, element(0x30, element(0x82, Buffer.from(host))))));
}

/** Issues a certificate, for an authority or an end entity. */
export async function issue(request: Request): Promise<Issued> {
  const { name, issuer, authority = false, pathLength, onlyFor, host, issuerUrl, validFrom = -1, validTo = 30 } = request;
  const keys = await nextPair();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: String(Math.floor(Math.random() * 1e12)),
    subject: name,
    issuer: issuer?.certificate.subject ?? name,
    notBefore: new Date(Date.now() + validFrom * day),
    notAfter: new Date(Date.now() + validTo * day),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [
      new BasicConstraintsExtension(authority, pathLength, true),
      ...(onlyFor ? [new Extension("2.5.29.30", true, nameConstraints(onlyFor))] : []),
      ...(host ? [new SubjectAlternativeNameExtension([{ type: "dns", value: host }])] : []),
      ...(issuerUrl ? [new AuthorityInfoAccessExtension({ caIssuers: issuerUrl })] : []),
    ],
  });
  const privateKey = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }) as string;
  return { certificate, keys, pem: certificate.toString("pem"), privateKey };
}
