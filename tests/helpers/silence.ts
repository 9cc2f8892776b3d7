import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** Ways in which a service accepts a connection and keeps its caller waiting: no answer, half of one, or one byte every half second. */
export type Silence = "no answer" | "half an answer" | "byte by byte";

/** A server on the loopback interface. */
export interface Listening {
  port: number;
  /** Returns the number of requests so far. */
  requests(): number;
  close(): Promise<void>;
}

const head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 1000\r\n\r\n";

/** Starts a TCP server that accepts every connection and keeps the caller waiting, even in a TLS handshake. */
export function listenInSilence(silence: Silence): Promise<Listening> {
  let requests = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      requests++;
      if (silence !== "no answer") socket.write(`${head}{"It`);
      if (silence === "byte by byte") drip(socket);
    });
    socket.resume();
  });
  return listening(server, () => requests);
}

/** Starts an HTTP server that answers AWS calls, with an object as JSON, or keeps the caller waiting. */
export function listenAsAws(answerTo: (call: string, text: string) => object | Silence): Promise<Listening> {
  let requests = 0;
  const server = createHttpServer((request, response) => {
    requests++;
    void textOf(request).then((body) => {
      const call = (request.headers["x-amz-target"] as string | undefined)?.split(".")[1] ?? request.method!;
      answer(response, answerTo(call, `${request.url} ${body}`));
    });
  });
  return listening(server, () => requests);
}

function answer(response: ServerResponse, what: object | Silence): void {
  if (what === "no answer") return;
  const text = typeof what === "string" ? '{"It' : JSON.stringify(what);
  const length = typeof what === "string" ? 1_000 : Buffer.byteLength(text);
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": length }).write(text);
  if (typeof what !== "string") response.end();
  if (what === "byte by byte") drip(response.socket!);
}

function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write(" "), 500);
  socket.once("close", () => clearInterval(timer));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listening(server: Server, requests: () => number): Promise<Listening> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return { port: (server.address() as AddressInfo).port, requests, close };
}
