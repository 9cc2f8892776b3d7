import * as assert from "node:assert/strict";
import { createServer, getDefaultAutoSelectFamily, setDefaultAutoSelectFamily } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { closeConnections } from "../../../handlers/deliver/agents";
import { send, type Answer, type OutgoingRequest } from "../../../handlers/deliver/send";
import { Endpoint, startedEndpoint } from "../../helpers/endpoint";
import { leavingServer } from "../../helpers/leavingServer";
import { rawServer, type RawServer } from "../../helpers/rawServer";

const request = (url: string, changes: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  url,
  headers: { "content-type": "application/json", "content-length": "2" },
  body: Buffer.from("{}"),
  timeoutMs: 5_000,
  isLocal: true,
  ...changes,
});

/** Sends, and measures. */
async function timed(one: OutgoingRequest): Promise<{ answer: Answer; ms: number }> {
  const startedAt = performance.now();
  const answer = await send(one);
  return { answer, ms: performance.now() - startedAt };
}

/** Returns the first answer that is soon enough, or the third: one or two may meet a moment in which the machine stands still. */
async function timedBelow(mostMs: number, one: OutgoingRequest): Promise<{ answer: Answer; ms: number }> {
  let result = await timed(one);
  for (let tries = 1; tries < 3 && result.ms >= mostMs; tries++) result = await timed(one);
  return result;
}

describe("A request to a destination", () => {
  const endpoint = startedEndpoint();
  afterEach(closeConnections);

  it("is a POST with its body and headers, by HTTP/1.1, and keeps its connection", async () => {
    for (let times = 0; times < 3; times++) assert.deepEqual(await send(request(endpoint.url)), { status: 204 });
    const { method, url, headers, body } = endpoint.received[0];
    assert.deepEqual([method, url, String(body)], ["POST", "/hooks", "{}"]);
    assert.deepEqual([headers["content-type"], headers["content-length"], headers.connection], ["application/json", "2", "keep-alive"]);
    assert.equal(headers.host, `127.0.0.1:${endpoint.port}`);
    assert.deepEqual(new Set(endpoint.received.map(({ connection }) => connection)).size, 1);
  });

  it("is answered by each status", async () => {
    for (const status of [200, 201, 204, 299, 300, 304, 400, 410, 429, 500, 503, 599]) {
      endpoint.answer = () => status;
      assert.deepEqual(await send(request(endpoint.url)), { status });
    }
  });

  it("keeps 256 bytes of a refusal's body, and none of a success", async () => {
    endpoint.answer = (_request, response) => void response.writeHead(500).end("é".repeat(400));
    const answer = (await send(request(endpoint.url))) as { body: string };
    assert.equal(answer.body, "é".repeat(128));
    endpoint.answer = (_request, response) => void response.writeHead(500).end(Buffer.alloc(400, 0xff));
    const { body } = (await send(request(endpoint.url))) as { body: string };
    assert.equal(Buffer.byteLength(body), 255);
    endpoint.answer = (_request, response) => void response.writeHead(200).end("thanks");
    assert.deepEqual(await send(request(endpoint.url)), { status: 200 });
  });

  it("tells what the headers Retry-After and webhook-delivery say", async () => {
    endpoint.answer = (_request, response) => void response.writeHead(503, { "Retry-After": "120", "Webhook-Delivery": "Disable" }).end();
    assert.deepEqual(await send(request(endpoint.url)), { status: 503, retryAfter: "120", delivery: "disable" });
  });

  it("does not follow a redirect", async () => {
    const trap = await new Endpoint().start();
    for (const status of [301, 302, 303, 307, 308]) {
      endpoint.answer = (_request, response) => void response.writeHead(status, { location: trap.url }).end();
      assert.deepEqual(await send(request(endpoint.url)), { status });
    }
    assert.deepEqual([trap.connections, trap.received.length], [0, 0]);
    await trap.stop();
  });

  it("is answered by headers alone: a body that never ends counts for nothing, and ends with its connection", async () => {
    let written = 0;
    endpoint.answer = (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => (written += response.write(Buffer.alloc(64)) ? 64 : 0), 20);
      response.once("close", () => clearInterval(timer));
    };
    assert.deepEqual(await send(request(endpoint.url)), { status: 200 });
    assert.ok(written < 2_048, `${written} bytes, of which 1 KB is read`);
    endpoint.answer = () => 204;
    await send(request(endpoint.url));
    assert.notEqual(endpoint.received[0].connection, endpoint.received[1].connection);
  });

  it("waits a second for a body, and not longer", async () => {
    endpoint.answer = (_request, response) => void response.writeHead(200).write("a");
    const { answer, ms } = await timedBelow(1_800, request(endpoint.url));
    assert.deepEqual(answer, { status: 200 });
    assert.ok(ms > 900 && ms < 1_800, `${ms} ms`);
  });

  it("succeeds if its deadline passes, or its connection ends, within the body", async () => {
    endpoint.answer = (_request, response) => void response.writeHead(200).write("a");
    assert.deepEqual(await send(request(endpoint.url, { timeoutMs: 300 })), { status: 200 });
    endpoint.answer = (_request, response) => {
      response.writeHead(200, { "content-length": "1000" }).write("a");
      setTimeout(() => response.socket?.destroy(), 50);
    };
    assert.deepEqual(await send(request(endpoint.url)), { status: 200 });
  });

  it("goes to a checked address where Node.js asks for one alone", async () => {
    const before = getDefaultAutoSelectFamily();
    setDefaultAutoSelectFamily(false);
    try {
      const url = endpoint.url.replace("127.0.0.1", "orders.example");
      assert.deepEqual(await send(request(url), () => Promise.resolve(["127.0.0.1", "127.0.0.2"])), { status: 204 });
    } finally {
      setDefaultAutoSelectFamily(before);
    }
  });

  it("leaves a connection usable after its deadline", async () => {
    assert.deepEqual(await send(request(endpoint.url, { timeoutMs: 1_000 })), { status: 204 });
    endpoint.answer = () => sleep(1_200).then(() => 204);
    assert.deepEqual(await send(request(endpoint.url)), { status: 204 });
    assert.equal(endpoint.received[0].connection, endpoint.received[1].connection);
  });

  it("is sent once more if its kept connection has ended", async () => {
    await send(request(endpoint.url));
    // Ends the connection when the next request arrives on it, as a server does that had just decided to.
    const [{ connection }] = endpoint.received;
    endpoint.answer = (received, response) => (received.connection === connection ? void response.socket!.destroy() : 204);
    assert.deepEqual(await send(request(endpoint.url)), { status: 204 });
    assert.equal(endpoint.received.length, 3);
  });

  it("is sent once more if its kept connection ended unseen, so that nothing can be written to it", async () => {
    const leaving = await leavingServer();
    const one = request(`http://127.0.0.1:${leaving.port}/`);
    await send(one);
    await nextTurn();
    leaving.leave();
    assert.deepEqual(await send(one), { status: 204 });
    await leaving.stop();
  });

  it("uses no connection that was idle for long", async () => {
    await send(request(endpoint.url));
    const { now } = Date;
    Date.now = () => now() + 4_100;
    try {
      await send(request(endpoint.url));
    } finally {
      Date.now = now;
    }
    assert.notEqual(endpoint.received[0].connection, endpoint.received[1].connection);
  });
});

describe("A request fails", () => {
  let server: RawServer | undefined;
  afterEach(async () => {
    closeConnections();
    await server?.stop();
    server = undefined;
  });
  const toServer = async (...answer: Parameters<typeof rawServer>) => {
    server = await rawServer(...answer);
    return request(`http://127.0.0.1:${server.port}/`, { timeoutMs: 400 });
  };

  for (const [what, answer] of [
    ["silence", ""],
    ["a status line without an end", "HTTP/1.1 200 OK\r\n"],
    ["endless headers", "drip"],
    ["only provisional answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"],
  ])
    it(`at its deadline, in ${what}`, async () => {
      const { answer: result, ms } = await timedBelow(1_500, await toServer(answer));
      assert.deepEqual(result, { error: "timeout" });
      assert.ok(ms > 350 && ms < 1_500, `${ms} ms`);
    });

  it("at once, if its deadline is over before it begins", async () => {
    assert.deepEqual(await send({ ...(await toServer("")), timeoutMs: -1 }), { error: "timeout" });
  });

  it("at its deadline, in a silent TLS handshake", async () => {
    const { url } = await toServer("");
    assert.deepEqual(await send(request(url.replace("http:", "https:"), { timeoutMs: 400 })), { error: "timeout" });
  });

  it("at its deadline, if DNS does not answer", async () => {
    const never = () => new Promise<string[]>(() => {});
    assert.deepEqual(await send(request("https://example.com/", { timeoutMs: 200, isLocal: false }), never), { error: "timeout" });
  });

  it("with the class of what happened", async () => {
    assert.deepEqual(await send(await toServer("reset")), { error: "ECONNRESET" });
    await server!.stop();
    assert.deepEqual(await send(await toServer("end")), { error: "ECONNRESET" });
    await server!.stop();
    assert.deepEqual(await send(await toServer("SSH-2.0-OpenSSH_9.6\r\n")), { error: "HPE_INVALID_CONSTANT" });
    await server!.stop();
    assert.deepEqual(await send(await toServer(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(20_000)}\r\n\r\n`)), { error: "HPE_HEADER_OVERFLOW" });
  });

  it("if nobody listens, or the name is unknown", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => closed.once("listening", resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    assert.deepEqual(await send(request(`http://127.0.0.1:${port}/`)), { error: "ECONNREFUSED" });
    const unknown = () => Promise.reject(Object.assign(new Error(), { code: "ENOTFOUND" }));
    assert.deepEqual(await send(request("https://unknown.example/", { isLocal: false }), unknown), { error: "ENOTFOUND" });
    assert.deepEqual(await send(request("no URL")), { error: "ERR_INVALID_URL" });
  });

  it("without TLS, unless the service is on this machine", async () => {
    const publicHost = () => Promise.resolve(["1.1.1.1"]);
    assert.deepEqual(await send(request("http://orders.example/", { isLocal: false }), publicHost), { error: "ERR_INVALID_PROTOCOL" });
  });

  it("if it is asked to switch protocols", async () => {
    const switching = "HTTP/1.1 101 Switching Protocols\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\n";
    assert.deepEqual(await send(await toServer(switching)), { status: 101 });
  });
});
