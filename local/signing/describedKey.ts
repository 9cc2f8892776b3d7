import type { ProviderDescription } from "../../domain/description";

/** Key of a described source: what its secret holds, and the private key if that is a public key. */
export interface DescribedKey {
  description: ProviderDescription;
  secret?: string;
  url?: string;
  /** PEM. */
  privateKey?: string;
  /** PEM, instead of the issuer's set of keys. */
  publicKey?: string;
  topicArn?: string;
  certificate?: string;
  token?: string;
  username?: string;
  password?: string;
  /** Claims of a token that are stored with the secret. */
  [claim: string]: unknown;
}
