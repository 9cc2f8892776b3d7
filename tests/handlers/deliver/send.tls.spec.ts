import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { type Answer } from "../../../handlers/deliver/send";
import { issue } from "../../helpers/certificates";
import { Endpoint } from "../../helpers/endpoint";

const run = promisify(execFile);

describe("A request by TLS", () => {
  /** Sends two requests to a host, at an endpoint with a certificate for orders.example that the process trusts or not. */
  async function sendTwice(host: string, isTrusted: boolean): Promise<{ answers: Answer[]; endpoint: Endpoint }> {
    const folder = mkdtempSync(path.join(tmpdir(), "webhook-certificate-"));
    const { pem: cert, privateKey: key } = await issue({ name: "CN=orders.example" });
    writeFileSync(path.join(folder, "ca.pem"), cert);
    const endpoint = await new Endpoint().start({ cert, key });
    const env = { ...process.env, ...(isTrusted && { NODE_EXTRA_CA_CERTS: path.join(folder, "ca.pem") }) };
    const url = endpoint.url.replace("127.0.0.1", host);
    const { stdout } = await run(process.execPath, ["-r", "ts-node/register", "tests/helpers/sendTo.ts", url], { env });
    await endpoint.stop();
    rmSync(folder, { recursive: true });
    return { answers: JSON.parse(stdout) as Answer[], endpoint };
  }

  it("reaches a host with a certificate of its own, on one connection", async () => {
    const { answers, endpoint } = await sendTwice("orders.example", true);
    assert.deepEqual(answers, [{ status: 204 }, { status: 204 }]);
    assert.deepEqual([endpoint.connections, endpoint.received[0].headers.host], [1, `orders.example:${new URL(endpoint.url).port}`]);
  });

  it("does not reach a host with another's certificate: nothing is sent", async () => {
    const { answers, endpoint } = await sendTwice("invoices.example", true);
    assert.deepEqual([answers[0], endpoint.received.length], [{ error: "ERR_TLS_CERT_ALTNAME_INVALID" }, 0]);
  });

  it("does not reach a host whose certificate nobody has signed: nothing is sent", async () => {
    const { answers, endpoint } = await sendTwice("orders.example", false);
    assert.deepEqual([answers[0], endpoint.received.length], [{ error: "DEPTH_ZERO_SELF_SIGNED_CERT" }, 0]);
  });
});
