import * as assert from "node:assert/strict";
import { paypal } from "../../handlers/sources/paypal/index";
import { clearFetched } from "../../handlers/sources/lib/fetched";
import { trustRoots } from "../../handlers/sources/paypal/chain";
import { sign, type Signing } from "../../local/signing";
import { issue, type Issued } from "./certificates";
import { testSigning, webhookRequest } from "../../testbed/handlers";

interface Credential {
  webhookId: string;
  certificate?: string;
}

/** Time at which the tests of a file begin. */
export let now: Date;
export const body = Buffer.from('{"id":"WH-1","name":"Zoë €"}');

/** Subject of PayPal's signing certificate. */
export const payPalsName = "CN=messageverificationcerts.paypal.com, O=PayPal";

/** PayPal's keys for the tests of a file, and a fake network. */
export class PayPal {
  signing!: Signing;
  credential!: Required<Credential>;
  private readonly fetchOriginal = globalThis.fetch;

  constructor() {
    before(async () => {
      const made = await testSigning();
      now = new Date();
      this.signing = made.signing;
      this.credential = made.secrets.paypal as Required<Credential>;
    });
    afterEach(() => {
      globalThis.fetch = this.fetchOriginal;
      clearFetched();
    });
  }

  /** Builds the headers of a genuine request, with changes. */
  headersOf = (changes: Record<string, string> = {}, at = now): Record<string, string> => ({
    ...sign("paypal", body, this.signing, at),
    ...changes,
  });

  verify = async (
    headers: Record<string, string>,
    { payload = body, credentials = [this.credential] as Credential[], at = now } = {},
  ): Promise<void> => paypal.verify(webhookRequest(payload, headers), credentials, at);

  refuses = (reason: string, headers: Record<string, string>, options?: Parameters<PayPal["verify"]>[1], status = 401): Promise<void> =>
    assert.rejects(() => this.verify(headers, options), { name: "Refusal", status, reason });

  /** Answers each request to the network with the next response, and repeats the last one. @returns the requested addresses */
  answers = (...responses: (() => Response)[]): string[] => {
    const asked: string[] = [];
    globalThis.fetch = async (url) => {
      asked.push(String(url));
      return (responses.length > 1 ? responses.shift()! : responses[0])();
    };
    return asked;
  };

  /** Returns credentials without a certificate, which must then be fetched. */
  unpinned = () => ({ credentials: [{ webhookId: this.credential.webhookId }] });

  /** Trusts only test authorities during the tests of a file. Issues PayPal's certificate below them, and builds responses with certificates. */
  withAuthorities() {
    const authorities = {} as Record<"root" | "intermediate" | "own", Issued>;
    before(async () => {
      authorities.root = await issue({ name: "CN=Root", authority: true });
      authorities.intermediate = await issue({ name: "CN=Intermediate", issuer: authorities.root, authority: true });
      const issuerUrl = "http://cacerts.digicert.com/Intermediate.crt";
      authorities.own = await issue({ name: payPalsName, issuer: authorities.intermediate, issuerUrl });
      trustRoots([authorities.root.pem]);
    });
    after(() => trustRoots(undefined));
    const headersBy = (signer: Issued, changes: Record<string, string> = {}, at = now): Record<string, string> => {
      const keys = { ...this.signing, paypal: { ...this.signing.paypal, privateKey: signer.privateKey } };
      return { ...sign("paypal", body, keys, at), ...changes };
    };
    return {
      authorities,
      headersBy,
      headers: (changes?: Record<string, string>, at?: Date) => headersBy(authorities.own, changes, at),
      pem:
        (...certificates: Issued[]) =>
        () =>
          new Response(certificates.map((one) => one.pem).join("\n")),
      der: (one: Issued) => () => new Response(one.certificate.rawData),
      chain: () => new Response(`${authorities.own.pem}\n${authorities.intermediate.pem}`),
    };
  }
}
