import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { longestKeyBytes } from "../../domain/event";
import { UsageError } from "../lib/errors";
import type { Backend, EventsQuery } from "./backend";
import type { Page } from "./page";
import { shownPayload } from "./payload";
import { problem, problemOf } from "./problems";
import { requireHost, requireJson, requireOwnOrigin, requireToken, withHeaders } from "./protection";
import { textIn, textsIn } from "./requests";

/** Longest body of an action: a sample of the longest payload that the receiver takes, with every character escaped. */
const longestBodyBytes = 13_000_000;

/** Paths that the page itself shows. The server answers each with the same document. */
const pagePaths = ["/", "/events", "/events/*", "/sources", "/destinations", "/destinations/*", "/failures", "/health"];

export interface AppOptions {
  backend: Backend;
  page: Page;
  token: string;
  /** Host and port at which the server listens. They are known once it does. */
  host: () => string;
}

/** Creates the console's server: the page, and under `/api` what it shows and does. Every route is for this Host alone. */
export function createApp({ backend, page, token, host }: AppOptions): Hono {
  const app = new Hono();
  app.use(withHeaders, requireHost(host));
  for (const path of pagePaths) app.get(path, (c) => c.html(page.html));
  app.get("/app.js", (c) => c.body(page.script, 200, { "content-type": "text/javascript; charset=utf-8" }));
  app.get("/app.css", (c) => c.body(page.style, 200, { "content-type": "text/css; charset=utf-8" }));
  app.route("/api", createApi(backend, token, host));
  app.notFound((c) => problem(c, 404, "not_found", "There is no such page."));
  app.onError((error, c) => problemOf(c, error));
  return app;
}

function createApi(backend: Backend, token: string, host: () => string): Hono {
  const api = new Hono();
  api.use(requireOwnOrigin(host), requireToken(token), requireJson, bodyLimit({ maxSize: longestBodyBytes, onError: tooLong }));
  addViews(api, backend);
  addActions(api, backend);
  api.onError((error, c) => problemOf(c, error));
  return api;
}

const tooLong = (c: Context) => problem(c, 413, "usage", `The request is longer than ${longestBodyBytes} bytes.`);

function addViews(api: Hono, backend: Backend): void {
  api.get("/session", (c) => c.json(backend.session));
  api.get("/overview", async (c) => c.json(await backend.overview()));
  api.get("/events", async (c) => c.json(await backend.events(c.req.query() as EventsQuery, c.req.raw.signal)));
  api.get("/find", async (c) => c.json(await backend.find(given(c, "id"))));
  api.get("/feed", async (c) => c.json(await backend.feed(numberIn(c, "after"))));
  api.get("/event", async (c) => c.json(await backend.event(given(c, "id"))));
  api.get("/payload", async (c) => c.json(shownPayload(await backend.body(given(c, "id")))));
  api.get("/payload/file", async (c) => {
    const { bytes } = await backend.body(given(c, "id"));
    return c.body(new Uint8Array(bytes), 200, { "content-type": "application/octet-stream", "content-disposition": "attachment" });
  });
  api.get("/sources", async (c) => c.json(await backend.sources()));
  api.get("/destinations", async (c) => c.json(await backend.destinations()));
  api.get("/destination", async (c) => c.json(await backend.destination(given(c, "name"), c.req.query("cursor"))));
  api.get("/failures", async (c) => c.json(await backend.failures()));
  api.get("/health", async (c) => c.json(await backend.health()));
  api.get("/runbook", async (c) => c.json(await backend.runbook(given(c, "heading"))));
  api.get("/sample", async (c) => {
    if (!backend.sample) return nothingIsSent(c);
    return c.json(await backend.sample(given(c, "source")));
  });
}

function addActions(api: Hono, backend: Backend): void {
  api.post("/*", async (c, next) => {
    if (backend.session.canWrite) return next();
    return problem(c, 403, "read_only", "This console is read-only. Start it with --write to change something.");
  });
  const action = <T>(path: string, run: (body: unknown) => Promise<T>) =>
    api.post(path, async (c) => c.json((await run(await jsonOf(c))) as object));
  action("/redrive", (body) => backend.redrive(textsIn(body, "ids")));
  action("/replay", (body) => backend.replay(textsIn(body, "ids")));
  action("/redeliver", (body) => backend.redeliver(textIn(body, "destination"), textsIn(body, "ids")));
  action("/pause", (body) => backend.pause(textIn(body, "destination"), textIn(body, "reason", "") || undefined));
  action("/resume", (body) => backend.resume(textIn(body, "destination")));
  action("/test", (body) => backend.test(textIn(body, "destination")));
  api.post("/send", async (c) => {
    if (!backend.send) return nothingIsSent(c);
    const body = await jsonOf(c);
    return c.json(await backend.send(textIn(body, "source"), textIn(body, "body")));
  });
}

const nothingIsSent = (c: Context) => problem(c, 409, "failed", "Samples are sent to the local run alone.");

/** @throws UsageError if the query has no such parameter */
function given(c: Context, name: string): string {
  const value = c.req.query(name);
  if (value === undefined || value === "") throw new UsageError(`The request lacks "${name}".`);
  if (Buffer.byteLength(value) > longestKeyBytes) throw new UsageError(`"${name}" is longer than ${longestKeyBytes} bytes.`);
  return value;
}

/** @throws UsageError if the parameter is no whole number */
function numberIn(c: Context, name: string): number | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`"${name}" is "${text}". Allowed: a whole number.`);
  return Number(text);
}

/** @throws UsageError if the body is not JSON */
async function jsonOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    throw new UsageError("The body is not JSON.");
  }
}
