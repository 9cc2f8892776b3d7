import * as assert from "node:assert/strict";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { startConsole, type ServedConsole } from "../../../cli/console/server";
import { UserError } from "../../../domain/userError";
import { stubBackend } from "../../helpers/consoleStub";

/** What a request got. */
interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
}

describe("The console's server", () => {
  const redriven: (readonly string[])[] = [];
  const backend = stubBackend({
    session: { canWrite: true },
    redrive: async (ids) => {
      redriven.push(ids);
      return { done: ids.length, left: [] };
    },
  });
  let served: ServedConsole;
  before(async () => {
    served = await startConsole(backend);
  });
  after(() => served.close());
  beforeEach(() => redriven.splice(0));

  const address = () => new URL(served.url);
  const token = () => address().hash.replace("#token=", "");
  const bearer = () => ({ authorization: `Bearer ${token()}` });

  /** Sends a request with exactly these headers: fetch would not let go of its own. */
  const send = (path: string, headers: Record<string, string> = {}, method = "GET", body = ""): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { hostname, port, host } = address();
      const sent = request({ hostname, port, path, method, agent: false, headers: { host, ...headers } }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(parts).toString() }),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  const redrive = (headers: Record<string, string>, body = '{"ids":["stripe#evt_1"]}') =>
    send("/api/redrive", { "content-type": "application/json", ...headers }, "POST", body);

  it("prints an address of the loopback interface with 192 bits of a token in its fragment", () => {
    assert.equal(address().hostname, "127.0.0.1");
    assert.equal(Buffer.from(token(), "base64url").length, 24);
  });

  it("shows the page at each of its paths", async () => {
    for (const path of ["/", "/events", "/events/stripe%23evt_1", "/sources", "/destinations/orders", "/failures", "/health"]) {
      const { status, text } = await send(path);
      assert.equal(status, 200, path);
      assert.match(text, /<script type="module" src="\/app.js">/);
    }
  });

  it("answers another Host with 421, on every route", async () => {
    const { port } = address();
    for (const path of ["/", "/app.js", "/app.css", "/events", "/api/session", "/nothing"])
      for (const host of [`evil.example:${port}`, `localhost:${port}`, "127.0.0.1", `127.0.0.1:${Number(port) + 1}`, `127.0.0.1.:${port}`])
        assert.equal((await send(path, { ...bearer(), host })).status, 421, `${path} ${host}`);
  });

  it("answers no call without its token, or with another", async () => {
    for (const authorization of ["", "Bearer", "Bearer x", `Basic ${token()}`, `Bearer ${token()}x`, `Bearer ${token().slice(1)}`]) {
      const { status, text } = await send("/api/session", { authorization });
      assert.equal(status, 401, authorization);
      assert.match(text, /Open the address that the command printed/);
    }
    assert.equal((await send("/api/session")).status, 401);
    assert.equal((await send(`/api/session?token=${token()}`)).status, 401);
    assert.equal((await send("/api/session", bearer())).status, 200);
  });

  it("refuses what a browser sends in the name of another site, even with the token", async () => {
    const { host } = address();
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `https://${host}` },
      { origin: "http://127.0.0.1:1" },
    ];
    for (const headers of foreign) assert.equal((await redrive({ ...bearer(), ...headers })).status, 403, JSON.stringify(headers));
    assert.deepEqual(redriven, []);
    assert.equal((await redrive({ ...bearer(), "sec-fetch-site": "same-origin", origin: `http://${host}` })).status, 200);
    assert.deepEqual(redriven, [["stripe#evt_1"]]);
  });

  it("lets no other site read an answer", async () => {
    const { headers, status } = await send(
      "/api/session",
      { origin: "https://evil.example", "access-control-request-method": "GET" },
      "OPTIONS",
    );
    assert.equal(status, 403);
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith("access-control-")),
      [],
    );
  });

  it("takes an action as JSON alone, as a form of another site cannot send it", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
      assert.equal((await redrive({ ...bearer(), "content-type": type })).status, 415, type);
    assert.deepEqual(redriven, []);
  });

  it("refuses an action that names nothing, or too much, with a sentence", async () => {
    for (const body of ["", "[]", "{}", '{"ids":[]}', '{"ids":[1]}', '{"ids":"a"}', JSON.stringify({ ids: Array(1_001).fill("a") })]) {
      const { status, text } = await redrive(bearer(), body);
      assert.equal(status, 400, body.slice(0, 20));
      assert.match(text, /JSON|must be a list of 1 to 1000 texts/);
    }
    assert.equal((await redrive(bearer(), JSON.stringify({ ids: ["x".repeat(1_600_000)] }))).status, 413);
    assert.deepEqual(redriven, []);
  });

  it("stores nothing in the browser, and lets scripts and styles come from itself alone", async () => {
    for (const path of ["/", "/app.js", "/app.css", "/api/session", "/nothing"]) {
      const { headers } = await send(path, bearer());
      assert.equal(headers["cache-control"], "no-store", path);
      assert.equal(headers["x-content-type-options"], "nosniff");
      const policy = String(headers["content-security-policy"]);
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    }
  });

  it("answers an unknown path with 404", async () => {
    assert.equal((await send("/nothing")).status, 404);
    assert.equal((await send("/api/nothing", bearer())).status, 404);
    assert.equal((await send("/../package.json")).status, 404);
  });

  it("says that a port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    await assert.rejects(startConsole(backend, { port }), new UserError(`Port ${port} is not free. Give another --port, or leave it out.`));
    other.close();
  });

  it("ends at once, also with a connection that is kept", async () => {
    const another = await startConsole(backend);
    await fetch(another.url);
    await another.close();
    await assert.rejects(fetch(another.url));
  });
});

describe("A console that is read-only", () => {
  it("refuses every action, and says how to allow it", async () => {
    const served = await startConsole(stubBackend());
    const { origin, hash } = new URL(served.url);
    const headers = { authorization: `Bearer ${hash.replace("#token=", "")}`, "content-type": "application/json" };
    for (const action of ["redrive", "replay", "redeliver", "pause", "resume", "test", "send", "anything"]) {
      const response = await fetch(`${origin}/api/${action}`, { method: "POST", headers, body: "{}" });
      assert.equal(response.status, 403, action);
      assert.match(await response.text(), /--write/);
    }
    await served.close();
  });
});
