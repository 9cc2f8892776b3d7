import * as assert from "node:assert/strict";
import { forward } from "../../../cli/listen/forward";
import { Endpoint } from "../../helpers/endpoint";
import { rawServer } from "../../helpers/rawServer";

const send = async (url: string) => {
  const { durationMs, ...result } = await forward(url, Buffer.alloc(24), "stripe#evt_1", Buffer.from("{}"));
  return { ...result, isQuick: durationMs < 3_000 };
};

describe("What listen forwards", () => {
  const endpoint = new Endpoint();
  before(() => endpoint.start());
  after(() => endpoint.stop());
  beforeEach(() => {
    endpoint.received.length = 0;
    endpoint.answer = () => 204;
  });

  for (const [what, answer, result] of [
    ["asks to switch protocols", "HTTP/1.1 101 Switching Protocols\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\n", { status: 101 }],
    ["ends its body never", "HTTP/1.1 500 Oops\r\ncontent-length: 100000\r\n\r\nx", { status: 500 }],
    ["resets the connection", "reset", { error: "ECONNRESET" }],
  ] as const)
    it(`is answered although the service ${what}`, async () => {
      const server = await rawServer(answer);
      assert.deepEqual(await send(`http://127.0.0.1:${server.port}/`), { ...result, isQuick: true });
      await server.stop();
    });

  it("is sent once more if the service was started again, which has ended the kept connection", async () => {
    await send(endpoint.url);
    const [{ connection }] = endpoint.received;
    endpoint.answer = (received, response) => (received.connection === connection ? void response.socket!.destroy() : 204);
    assert.deepEqual(await send(endpoint.url), { status: 204, isQuick: true });
  });

  it("leaves no connection open to a service whose body has no end", async () => {
    const closed = new Promise<void>((resolve) => {
      endpoint.answer = (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(Buffer.alloc(64)), 20);
        response.once("close", () => resolve(clearInterval(timer)));
      };
    });
    await send(endpoint.url);
    await closed;
  });
});
