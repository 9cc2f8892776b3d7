import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { createDestinationSecret } from "../../local/destinations";
import { seeded } from "./random";

/** A team's service, to which the pipeline posts its events. */
export interface Service {
  url: string;
  secret: string;
  /** Number of times that it accepted each event, by transaction ID. */
  accepted: ReadonlyMap<string, number>;
  /** Deliveries whose signature is wrong. */
  unsigned(): number;
  stop(): void;
}

/** Part of the first attempts that it answers with 503, and part of those after which it breaks the connection, having accepted them. */
const refusedPart = 0.1;
const brokenPart = 0.05;

/** Starts a service that verifies each delivery, refuses some at first, and breaks some connections. Equal seeds refuse alike. */
export async function startService(seed: number): Promise<Service> {
  const random = seeded(seed);
  const secret = createDestinationSecret();
  const webhook = new Webhook(secret);
  const accepted = new Map<string, number>();
  const tried = new Set<string>();
  let unsigned = 0;
  const accept = (id: string) => accepted.set(id, (accepted.get(id) ?? 0) + 1);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    try {
      webhook.verify(body, request.headers as Record<string, string>);
    } catch {
      unsigned++;
    }
    const { transactionId } = (JSON.parse(body) as { data: { transactionId: string } }).data;
    const luck = tried.has(transactionId) ? 1 : random.fraction();
    tried.add(transactionId);
    if (luck < refusedPart) return void response.writeHead(503).end();
    accept(transactionId);
    if (luck < refusedPart + brokenPart) response.destroy();
    else response.writeHead(204).end();
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    secret,
    accepted,
    unsigned: () => unsigned,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
