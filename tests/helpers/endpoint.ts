import { createServer, type IncomingHttpHeaders, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** A request that an endpoint got. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Number of its connection, from 1. */
  connection: number;
}

/** Answers a request: with a status, or by itself. */
export type Answering = (request: Received, response: ServerResponse) => number | void | Promise<number | void>;

/** A team's service on the loopback interface, with a real socket. */
export class Endpoint {
  readonly received: Received[] = [];
  port = 0;
  answer: Answering = () => 204;
  readonly #sockets = new Set<Socket>();
  #connections = 0;
  #server!: Server;
  #scheme = "http";

  /** Starts it. @param tls certificate and private key as PEM; `undefined`: HTTP */
  async start(tls?: { cert: string; key: string }, loopback = "127.0.0.1", port = 0): Promise<this> {
    const listener: RequestListener = (request, response) => {
      const connection = (request.socket as Socket & { number: number }).number;
      const chunks: Buffer[] = [];
      request.on("error", () => {});
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        const received = { method, url, headers, body: Buffer.concat(chunks), connection };
        this.received.push(received);
        void Promise.resolve(this.answer(received, response)).then((status) => status && response.writeHead(status).end());
      });
    };
    this.#server = tls ? createTlsServer(tls, listener) : createServer(listener);
    this.#scheme = tls ? "https" : "http";
    this.#server.on(tls ? "secureConnection" : "connection", (socket: Socket) => {
      Object.assign(socket, { number: ++this.#connections });
    });
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(port, loopback, resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}/hooks`;
  }

  /** Number of connections so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Ends it with all its connections. */
  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}

/** Starts an endpoint for the tests of a suite. Before each, it has received nothing, and it accepts everything. */
export function startedEndpoint(): Endpoint {
  const endpoint = new Endpoint();
  before(() => endpoint.start());
  after(() => endpoint.stop());
  beforeEach(() => {
    endpoint.received.length = 0;
    endpoint.answer = () => 204;
  });
  return endpoint;
}
