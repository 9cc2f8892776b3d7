import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { UserError } from "../../domain/userError";
import { createApp } from "./routes";
import type { Backend } from "./backend";
import { bundlePage } from "./page";
import { createToken } from "./token";

/** A console that is served. */
export interface ServedConsole {
  /** Address to open, with the token in its fragment, which no browser sends. */
  url: string;
  /** Ends the server and its connections. */
  close(): Promise<void>;
}

const loopback = "127.0.0.1";
/** Most bytes of a request's headers: a cursor names each event of one millisecond. */
const mostHeaderBytes = 65_536;

/**
 * Serves the console on this machine alone, with a new token.
 * @param port 0 for a free one
 * @throws UserError if the port is not free
 */
export async function startConsole(backend: Backend, { port = 0 }: { port?: number } = {}): Promise<ServedConsole> {
  const token = createToken();
  let host = "";
  const app = createApp({ backend, page: await bundlePage(), token, host: () => host });
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { maxHeaderSize: mostHeaderBytes } }) as Server;
  await listen(server, port);
  // Without the port 80, as browsers send it.
  host = new URL(`http://${loopback}:${(server.address() as AddressInfo).port}`).host;
  return {
    url: `http://${host}/#token=${token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const why =
        code === "EADDRINUSE"
          ? `Port ${port} is not free. Give another --port, or leave it out.`
          : `The console cannot listen: ${message}.`;
      reject(new UserError(why));
    });
    server.listen(port, loopback, resolve);
  });
}
