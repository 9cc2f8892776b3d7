import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LocalPipeline } from "../../local/pipeline";
import { localSources, type LocalSource } from "../../local/sources";
import { seal, sign } from "../../local/signing";

/** Result of one request. */
export interface Passed {
  status: number;
  signed: boolean;
}

/** A running signing proxy. */
export interface SigningProxy {
  /** Address for requests to the pipeline. */
  url: string;
  passed: readonly Passed[];
  stop(): void;
}

/** Headers of a connection, which are not forwarded. */
const ownHeaders = ["host", "connection", "content-length", "transfer-encoding"];

/**
 * Starts a proxy to the pipeline on the loopback interface, for a client that cannot sign. Signs some requests to sources' addresses, as the
 * source would, and forwards all others unchanged.
 * @param chance share of signed requests, from 0 to 1
 * @param random returns a random number from 0 to 1
 */
export async function startSigningProxy(pipeline: LocalPipeline, chance: number, random: () => number): Promise<SigningProxy> {
  const base = new URL(pipeline.urls.stripe.slice(0, -"/webhook/stripe".length));
  const passed: Passed[] = [];
  const server = createServer((incoming, outgoing) => {
    void pass(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const given = Buffer.concat(chunks);
    const source = incoming.method === "POST" ? sourceAt(incoming.url ?? "") : undefined;
    const signed = source !== undefined && random() < chance;
    const body = signed ? seal(source, given, pipeline.signing) : given;
    const headers = { ...withoutOwn(incoming.headers), ...(signed ? sign(source, body, pipeline.signing) : {}) };
    const response = await send(incoming.method ?? "GET", incoming.url ?? "", headers, body);
    passed.push({ status: response.statusCode!, signed });
    outgoing.writeHead(response.statusCode!, withoutOwn(response.headers));
    response.pipe(outgoing);
  }

  function send(method: string, path: string, headers: IncomingHttpHeaders, body: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const options = { method, path: base.pathname + path, host: base.hostname, port: base.port };
      const length = body.length > 0 || method === "POST" ? { "content-length": body.length } : {};
      request({ ...options, headers: { ...headers, ...length } }, resolve)
        .on("error", reject)
        .end(body);
    });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, passed, stop };
}

function sourceAt(path: string): LocalSource | undefined {
  return localSources.find((source) => path === `/webhook/${source}`);
}

function withoutOwn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.includes(name)));
}
