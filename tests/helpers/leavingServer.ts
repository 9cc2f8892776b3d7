import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Runs in the worker: answers each request with 204; when it is told to, ends its connections and then resets them. */
const program = `
const { createServer } = require("node:net");
const { parentPort, workerData } = require("node:worker_threads");
const sockets = [];
const server = createServer((socket) => {
  sockets.push(socket.on("error", () => {}));
  socket.on("data", () => socket.write("HTTP/1.1 204 No Content\\r\\n\\r\\n"));
}).listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
parentPort.on("message", async () => {
  for (const socket of sockets.splice(0)) {
    await new Promise((resolve) => socket.end(resolve));
    socket.resetAndDestroy();
  }
  Atomics.store(workerData, 0, 1);
  Atomics.notify(workerData, 0);
});
`;

/** A server in a thread of its own, so that it can end kept connections while this thread stands still and does not see it. */
export interface LeavingServer {
  port: number;
  /** Ends the connections. The next write on one fails with EPIPE, if nothing is read before. */
  leave(): void;
  stop(): Promise<unknown>;
}

/** Starts it. */
export async function leavingServer(): Promise<LeavingServer> {
  const hasLeft = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(program, { eval: true, workerData: hasLeft });
  const [port] = (await once(worker, "message")) as [number];
  const leave = () => {
    worker.postMessage("leave");
    Atomics.wait(hasLeft, 0, 0, 5_000);
  };
  return { port, leave, stop: () => worker.terminate() };
}
