import * as assert from "node:assert/strict";
import { paypal } from "../../handlers/providers/paypal";
import { clearCertificates } from "../../handlers/providers/paypal.certificates";
import { sign, type Signing } from "../../local/signing";
import { testSigning, webhookRequest } from "./handlers";

interface Credential {
  webhookId: string;
  certificate?: string;
}

export const now = new Date();
export const body = Buffer.from('{"id":"WH-1","name":"Zoë €"}');

/** PayPal's keys for the tests of a file, and a network that answers as it is told. */
export class PayPal {
  signing!: Signing;
  credential!: Required<Credential>;
  private readonly fetchOriginal = globalThis.fetch;

  constructor() {
    before(async () => {
      const made = await testSigning();
      this.signing = made.signing;
      this.credential = made.secrets.paypal as Required<Credential>;
    });
    afterEach(() => {
      globalThis.fetch = this.fetchOriginal;
      clearCertificates();
    });
  }

  /** The headers of a genuine request, with changes; `undefined` leaves one out. */
  headersOf = (changes: Record<string, string | undefined> = {}, at = now): Record<string, string> => {
    const all = { ...sign("paypal", body, this.signing, at), ...changes };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  };

  verify = async (
    headers: Record<string, string>,
    { payload = body, credentials = [this.credential] as Credential[], at = now } = {},
  ): Promise<void> => paypal.verify(webhookRequest(payload, headers), credentials, at);

  refuses = (reason: string, headers: Record<string, string>, options?: Parameters<PayPal["verify"]>[1], status = 401): Promise<void> =>
    assert.rejects(() => this.verify(headers, options), { name: "Refusal", status, reason });

  /** Each request to the network gets the next answer, the last one over and over. @returns the addresses that are asked */
  answers = (...responses: (() => Response)[]): string[] => {
    const asked: string[] = [];
    globalThis.fetch = async (url) => {
      asked.push(String(url));
      return (responses.length > 1 ? responses.shift()! : responses[0])();
    };
    return asked;
  };

  /** The id alone: the certificate has to be fetched. */
  unpinned = () => ({ credentials: [{ webhookId: this.credential.webhookId }] });
}
