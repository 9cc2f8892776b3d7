import type { IncomingMessage } from "node:http";

/**
 * Reads the beginning of an answer's body, up to a number of bytes or milliseconds. A body that ends by then leaves its connection usable;
 * otherwise the connection is ended. It never rejects: the body can't change what the headers said.
 */
export function readStart(response: IncomingMessage, { bytes, milliseconds }: { bytes: number; milliseconds: number }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).subarray(0, bytes));
    };
    const stop = () => {
      response.destroy();
      finish();
    };
    const timer = setTimeout(stop, milliseconds);
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > bytes) stop();
    });
    response.on("end", finish);
    response.on("error", finish);
    response.on("close", finish);
  });
}
