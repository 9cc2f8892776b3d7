import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

/** An AWS and a Pulumi CLI that a test plays. */
export interface StackAt {
  /** Environment in which commands reach both. */
  environment: Record<string, string>;
  stop(): void;
}

/**
 * Starts a server in the place of AWS, and puts a `pulumi` on the PATH.
 * @param at returns the path of a file in a folder that the test removes
 * @param pulumi script of the shell
 * @param answer gets each request with its body
 */
export async function startStackAt(
  at: (file: string) => string,
  pulumi: string,
  answer: (body: string, response: Parameters<RequestListener>[1]) => void,
): Promise<StackAt> {
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => answer(body, response));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  writeFileSync(at("pulumi"), `#!/bin/sh\n${pulumi}\n`);
  chmodSync(at("pulumi"), 0o755);
  const environment = {
    PATH: `${path.dirname(at("pulumi"))}${path.delimiter}${process.env.PATH}`,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  return { environment, stop: () => server.close() };
}
