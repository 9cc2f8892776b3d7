import * as assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mock } from "node:test";
import type { Context } from "aws-lambda";
import { withDeadline } from "../../../../handlers/aws/deadline";
import { clearFetched } from "../../../../handlers/sources/lib/fetched";
import { trustRoots } from "../../../../handlers/sources/paypal/chain";
import { sign } from "../../../../local/signing";
import { issue, type Issued } from "../../../helpers/certificates";
import { body, now, PayPal } from "../../../helpers/paypal";

/** Shortens seconds to tenths. */
const scale = 10;

describe("A PayPal certificate from a socket that accepts and never answers", () => {
  const paypals = new PayPal();
  const { verify, refuses, unpinned } = paypals;
  /** Certificates from the root to PayPal's own. All but the first two name the URL of their issuer's certificate. */
  const chain: Issued[] = [];
  let server: Server;
  /** Number of requests that each path leaves unanswered. */
  let silence: number;
  const asked: string[] = [];

  before(async () => {
    const issuerUrl = (index: number) => (index > 1 ? `http://cacerts.digicert.com/${index - 1}` : undefined);
    for (const index of [0, 1, 2, 3])
      chain.push(await issue({ name: `CN=${index}`, issuer: chain[index - 1], authority: true, issuerUrl: issuerUrl(index) }));
    chain.push(await issue({ name: "CN=messageverificationcerts.paypal.com", issuer: chain[3], issuerUrl: issuerUrl(4) }));
    trustRoots([chain[0].pem]);
  });
  after(() => trustRoots(undefined));

  beforeEach(async () => {
    asked.length = 0;
    server = createServer(({ url }, response) => {
      asked.push(url!);
      if (asked.filter((one) => one === url).length <= silence) return;
      const issuer = /^\/(\d)$/.exec(url!)?.[1];
      response.end(issuer ? Buffer.from(chain[Number(issuer)].certificate.rawData) : chain[4].pem);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const fetchOriginal = globalThis.fetch;
    mock.method(globalThis, "fetch", (url: string, init?: RequestInit) =>
      fetchOriginal(`http://127.0.0.1:${port}${new URL(url).pathname}`, init),
    );
  });
  const hurry = () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    mock.method(AbortSignal, "timeout", (milliseconds: number) => timeout(milliseconds / scale));
  };
  afterEach(() => {
    mock.restoreAll();
    clearFetched();
    server.closeAllConnections();
    server.close();
  });

  const headers = () =>
    sign("paypal", body, { ...paypals.signing, paypal: { ...paypals.signing.paypal, privateKey: chain[4].privateKey } }, now);

  it("is accepted with its chain while the socket answers", async () => {
    silence = 0;
    await verify(headers(), unpinned());
    assert.equal(asked.length, 4);
  });

  it("fails after two tries", async () => {
    hurry();
    silence = Infinity;
    await refuses("certificate not available", headers(), unpinned(), 503);
    assert.equal(asked.length, 2);
  });

  it("fails at the invocation's deadline if each authority answers only the second try", async () => {
    hurry();
    silence = 1;
    const work = () => refuses("certificate not available", headers(), unpinned(), 503);
    await withDeadline({ getRemainingTimeInMillis: () => 30_000 } as Context, work, 10_000);
  });
});
