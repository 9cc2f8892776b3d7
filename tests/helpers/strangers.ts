import { spawn } from "node:child_process";
import { request } from "node:http";
import * as path from "node:path";
import { ensureMiniStackPython } from "../../local/ministack";

/** A response. */
export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends a request with any header, including Host. `fetch` sets some of them itself, as a browser does; an attacker can choose them. */
export function send(url: string, method: string, headers: Record<string, string>, body = ""): Promise<Answered> {
  const { hostname, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ host: hostname, port, path: pathname + search, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      );
    })
      .on("error", reject)
      .end(body);
  });
}

/** A request for botocore to sign. Without a key, it stays unsigned. */
export interface BotocoreRequest {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Body to send instead of the signed one. */
  sentBody?: string;
  key?: string;
  secret?: string;
  token?: string;
  service: string;
  region: string;
}

/** Sends a request from a separate process, which gets nothing from this one except the request. */
export async function sendFromAnotherProcess(given: BotocoreRequest): Promise<Answered> {
  const python = await ensureMiniStackPython(() => {});
  const child = spawn(python, ["-I", path.join(__dirname, "awsRequest.py")], { env: {}, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(given));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Answered;
}
