import * as assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { forward } from "../../../cli/listen/forward";
import { send } from "../../../handlers/deliver/send";
import { signedHeaders, webhookId } from "../../../handlers/deliver/signing";
import { Endpoint, startedEndpoint } from "../../helpers/endpoint";
import { leavingServer } from "../../helpers/leavingServer";
import { rawServer } from "../../helpers/rawServer";

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

const forwarded = async (url: string) => {
  const { durationMs, ...result } = await forward(url, key, "stripe#evt_1", "event", body);
  return { ...result, isQuick: durationMs < 3_000 };
};

describe("What listen forwards", () => {
  const endpoint = startedEndpoint();

  for (const [what, answer, result] of [
    ["asks to switch protocols", "HTTP/1.1 101 Switching Protocols\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\n", { status: 101 }],
    ["ends its body never", "HTTP/1.1 500 Oops\r\ncontent-length: 100000\r\n\r\nx", { status: 500 }],
    ["resets the connection", "reset", { error: "ECONNRESET" }],
  ] as const)
    it(`is answered although the service ${what}`, async () => {
      const server = await rawServer(answer);
      assert.deepEqual(await forwarded(`http://127.0.0.1:${server.port}/`), { ...result, isQuick: true });
      await server.stop();
    });

  it("is sent once more if the service was started again, which has ended the kept connection", async () => {
    await forwarded(endpoint.url);
    const [{ connection }] = endpoint.received;
    endpoint.answer = (received, response) => (received.connection === connection ? void response.socket!.destroy() : 204);
    assert.deepEqual(await forwarded(endpoint.url), { status: 204, isQuick: true });
  });

  it("is sent once more if the kept connection ended unseen, so that nothing can be written to it", async () => {
    const server = await leavingServer();
    const url = `http://127.0.0.1:${server.port}/`;
    await forwarded(url);
    await nextTurn();
    server.leave();
    assert.deepEqual(await forwarded(url), { status: 204, isQuick: true });
    await server.stop();
  });

  it("goes on no connection that was idle for long", async () => {
    await forwarded(endpoint.url);
    const { now } = Date;
    Date.now = () => now() + 4_100;
    try {
      await forwarded(endpoint.url);
    } finally {
      Date.now = now;
    }
    assert.notEqual(endpoint.received[0].connection, endpoint.received[1].connection);
  });

  it("leaves no connection open to a service whose body has no end", async () => {
    const closed = new Promise<void>((resolve) => {
      endpoint.answer = (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(Buffer.alloc(64)), 20);
        response.once("close", () => resolve(clearInterval(timer)));
      };
    });
    await forwarded(endpoint.url);
    await closed;
  });
});
