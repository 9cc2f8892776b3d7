import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** More than the largest delivery: a body of 256 KiB as base64, and what is around it. */
const mostBytes = 1_000_000;

/** A delivery that the sink got in place of its destination. */
export interface SunkDelivery {
  destination: string;
  body: Buffer;
}

/** Service on this machine that takes deliveries in place of a stack's own destinations. */
export interface Sink {
  /** Returns the URL that gets the deliveries of a destination. */
  urlOf(destination: string): string;
  stop(): void;
}

/**
 * Starts a service on loopback that accepts every delivery and shows it. Its paths have a random part, so that no other program or web page
 * of this machine can have something shown.
 */
export async function startSink(show: (delivery: SunkDelivery) => void): Promise<Sink> {
  const prefix = `/${randomBytes(12).toString("hex")}/`;
  const server = createServer((request, response) => {
    const isOurs = request.method === "POST" && request.url?.startsWith(prefix);
    if (!isOurs) return void response.writeHead(404).end();
    readBody(request).then(
      (body) => {
        response.writeHead(204).end();
        show({ destination: request.url!.slice(prefix.length), body });
      },
      () => response.destroy(),
    );
  }).listen(0, "127.0.0.1");
  await new Promise<void>((resolve, reject) => server.once("listening", resolve).once("error", reject));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (destination) => `http://127.0.0.1:${port}${prefix}${destination}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new Error("too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
