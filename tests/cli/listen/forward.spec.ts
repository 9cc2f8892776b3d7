import * as assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { forward } from "../../../cli/listen/forward";
import { send } from "../../../handlers/deliver/send";
import { signedHeaders, webhookId } from "../../../handlers/deliver/signing";
import { Endpoint } from "../../helpers/endpoint";

const key = Buffer.from("a key of more than twenty-four bytes");
const body = Buffer.from('{"type":"refund","data":{}}');

describe("A request of listen", () => {
  let server: Server;
  const requests: string[] = [];
  before(async () => {
    server = createServer((socket) => {
      let received = "";
      socket.on("data", (chunk) => {
        received += chunk.toString();
        if (!received.endsWith(body.toString())) return;
        requests.push(received);
        socket.end("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
  });
  after(() => server.close());
  beforeEach(() => (requests.length = 0));
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?a=1`;

  it("is that of a delivery, byte for byte on the socket, except for the time and what it signs", async () => {
    const id = "stripe#evt_1";
    assert.equal((await forward(url(), key, id, "redelivery", body)).status, 204);
    const headers = signedHeaders([key], { id: webhookId(id), now: Date.now(), attempt: 1, trigger: "redelivery", body });
    await send({ url: url(), headers, body, timeoutMs: 5_000, isLocal: true });
    const [own, delivered] = requests.map((request) => request.replace(/(webhook-(?:timestamp|signature): ).+/g, "$1…"));
    assert.equal(own, delivered);
    assert.match(own, /^POST \/hooks\?a=1 HTTP\/1\.1\r\n/);
  });

  it("ends with the class of an error where there is no answer", async () => {
    const closed = new Endpoint();
    await closed.start();
    const { url: gone } = closed;
    await closed.stop();
    const { error, status, durationMs } = await forward(gone, key, "stripe#evt_1", "event", body);
    assert.deepEqual([error, status], ["ECONNREFUSED", undefined]);
    assert.ok(durationMs >= 0);
  });

  it("follows no redirect", async () => {
    const endpoint = await new Endpoint().start();
    endpoint.answer = (_request, response) => void response.writeHead(307, { location: "/elsewhere" }).end();
    assert.equal((await forward(endpoint.url, key, "stripe#evt_1", "event", body)).status, 307);
    assert.equal(endpoint.received.length, 1);
    await endpoint.stop();
  });
});
