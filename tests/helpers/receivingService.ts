import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Request that a service got. */
export interface ReceivedRequest {
  method: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Answers a request; `count` says which one at its path it is, from 1. */
export type Answering = (response: ServerResponse, count: number) => void;

/** A team's own service on a real socket. Each of its paths answers in a way of its own; others answer 204. */
export class ReceivingService {
  readonly #received = new Map<string, ReceivedRequest[]>();
  readonly #answers = new Map<string, Answering>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const path = request.url!.slice(1);
        const requests = this.received(path);
        requests.push({ method: request.method!, headers: request.headers, body, at: Date.now() });
        this.#received.set(path, requests);
        const answer = this.#answers.get(path) ?? ((one: ServerResponse) => one.writeHead(204).end());
        answer(response, requests.length);
      });
    });
  }

  static async start(): Promise<ReceivingService> {
    const service = new ReceivingService();
    service.#server.listen(0, "127.0.0.1");
    await new Promise((resolve) => service.#server.once("listening", resolve));
    return service;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  urlOf(path: string): string {
    return `http://127.0.0.1:${this.port}/${path}`;
  }

  /** Decides how a path answers from now on. */
  answer(path: string, answering: Answering): void {
    this.#answers.set(path, answering);
  }

  /** Returns the requests to a path, in their order. */
  received(path: string): ReceivedRequest[] {
    return this.#received.get(path) ?? [];
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
