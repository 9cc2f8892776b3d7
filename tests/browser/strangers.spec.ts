import * as assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startConsole, type ServedConsole } from "../../cli/console/server";
import { startedBrowser } from "../helpers/browser";
import { stubBackend } from "../helpers/consoleStub";

/** What another page tried, and what it could read of the answer. */
interface Attempt {
  what: string;
  read: string;
}

describe("A page of another site, in a browser", () => {
  const browser = startedBrowser("--host-resolver-rules=MAP evil.example 127.0.0.1");
  const calls: string[] = [];
  const note = (what: string) => async () => {
    calls.push(what);
    return { done: 1, left: [] };
  };
  let served: ServedConsole;
  let site: Server;
  before(async () => {
    const backend = stubBackend({ session: { canWrite: true }, redrive: note("redrive"), replay: note("replay") });
    served = await startConsole(backend);
    site = createServer(
      (_, response) => void response.setHeader("content-type", "text/html").end("<!doctype html><title>Another site</title>"),
    );
    site.listen(0, "127.0.0.1");
    await new Promise((resolve) => site.once("listening", resolve));
  });
  after(async () => {
    await served.close();
    site.close();
  });
  beforeEach(() => calls.splice(0));

  const sitePort = () => (site.address() as AddressInfo).port;
  const token = () => new URL(served.url).hash.replace("#token=", "");

  it("whose name resolves to this machine gets 421", async () => {
    const page = await browser().newPage();
    const response = await page.goto(`http://evil.example:${new URL(served.url).port}/`);
    assert.equal(response?.status(), 421);
    const status = await page.evaluate(
      async (bearer) =>
        (
          await fetch("/api/redrive", {
            method: "POST",
            headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
            body: '{"ids":["a"]}',
          })
        ).status,
      token(),
    );
    assert.equal(status, 421);
    assert.deepEqual(calls, []);
    await page.close();
  });

  for (const host of ["evil.example", "127.0.0.1", "localhost"])
    it(`of http://${host} on another port reads nothing and changes nothing, even if it knew the token`, async () => {
      const page = await browser().newPage();
      await page.goto(`http://${host}:${sitePort()}/`);
      const attempts = await page.evaluate(attack, { origin: new URL(served.url).origin, token: token() });
      assert.deepEqual(
        attempts.filter(({ read }) => read !== "nothing"),
        [],
      );
      assert.equal(attempts.length, 6);
      assert.deepEqual(calls, []);
      await page.close();
    });

  it("cannot frame the console, but the console itself is shown", async () => {
    const page = await browser().newPage();
    await page.goto(`http://127.0.0.1:${sitePort()}/`);
    await page.evaluate((url) => {
      const frame = document.createElement("iframe");
      frame.src = url;
      document.body.append(frame);
      return new Promise((resolve) => (frame.onload = resolve));
    }, served.url);
    const [, frame] = page.frames();
    assert.equal(await frame.locator("#app").count(), 0);
    await page.goto(served.url);
    assert.equal(await page.locator("#app").count(), 1);
    await page.close();
  });
});

/** Runs in the page: tries each way to call the console, and says what it could read. */
async function attack({ origin, token }: { origin: string; token: string }): Promise<Attempt[]> {
  const json = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = '{"ids":["stripe#evt_1"]}';
  const reading = async (what: string, call: () => Promise<Response>): Promise<Attempt> => {
    const read = await call().then(
      async (response) => (response.type === "opaque" ? "nothing" : `${response.status} ${await response.text()}`),
      () => "nothing",
    );
    return { what, read };
  };
  const loading = (what: string, element: HTMLScriptElement | HTMLImageElement, url: string) =>
    new Promise<Attempt>((resolve) => {
      element.onload = () => resolve({ what, read: "loaded" });
      element.onerror = () => resolve({ what, read: "nothing" });
      element.src = url;
      document.head.append(element);
    });
  const form = document.createElement("form");
  Object.assign(form, { action: `${origin}/api/redrive`, method: "POST", enctype: "text/plain", target: "_blank" });
  document.body.append(form);
  form.submit();
  return [
    await reading("a call", () => fetch(`${origin}/api/session`, { headers: json })),
    await reading("an action", () => fetch(`${origin}/api/redrive`, { method: "POST", headers: json, body })),
    await reading("a call without CORS", () => fetch(`${origin}/api/session`, { mode: "no-cors" })),
    await reading("an action without CORS", () => fetch(`${origin}/api/redrive`, { method: "POST", mode: "no-cors", body })),
    await loading("a script", document.createElement("script"), `${origin}/app.js`),
    await loading("an image", document.createElement("img"), `${origin}/`),
  ];
}
