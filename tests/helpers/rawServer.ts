import { createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP server that answers the first bytes of each connection with a text of its own. */
export interface RawServer {
  port: number;
  stop(): Promise<void>;
}

/** Starts it. @param answer a text; or `reset`, `end` (ends the connection) or `drip` (a header every 50 ms, without end) */
export async function rawServer(answer: string): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    socket.once("data", () => reply(socket, answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port: (server.address() as AddressInfo).port, stop };
}

function reply(socket: Socket, answer: string): void {
  if (answer === "reset") socket.resetAndDestroy();
  else if (answer === "end") socket.end();
  else if (answer === "drip") drip(socket);
  else socket.write(answer);
}

function drip(socket: Socket): void {
  socket.write("HTTP/1.1 200 OK\r\n");
  const timer = setInterval(() => socket.write("x: y\r\n"), 50);
  socket.once("close", () => clearInterval(timer));
}
