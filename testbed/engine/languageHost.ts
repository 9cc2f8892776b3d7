import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { credentials, Metadata } from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import { LanguageHandshakeRequest } from "@pulumi/pulumi/proto/language_pb";

/** Time for a host to begin and to answer. */
const patienceMs = 10_000;

/** Language host of Node.js that the commands of an engine share, one after the other. */
export interface LanguageHost {
  /** Value of PULUMI_DEBUG_LANGUAGES with which a command uses it. */
  attachment: string;
  stop(): void;
}

/**
 * Starts the language host that is on the PATH. Commands otherwise start one each, and a host that asks its engine without a pause whether it
 * lives costs them half of their processor time. This one asks a server that takes the question and never answers. A command tells it later
 * where its engine is.
 *
 * What the program writes by itself, such as a crash's trace, goes to the suite instead of the command: its standard error to that of the
 * suite, its standard output nowhere. What it reports to the engine is in the command's output as ever.
 * @param folder where it runs
 * @returns `undefined` if the host cannot be told that
 */
export async function startLanguageHost(folder: string, environment: Record<string, string>): Promise<LanguageHost | undefined> {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const child = spawn("pulumi-language-nodejs", [address], {
    // A plugin that it starts looks for a tsconfig.json from here on.
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = () => {
    child.kill();
    silent.close();
  };
  const line = once(createInterface(child.stdout), "line", { signal: AbortSignal.timeout(patienceMs) });
  const [port = ""] = await Promise.race([line, once(child, "exit").then(() => [])]).catch(() => []);
  if (/^\d+$/.test(String(port)) && (await takesEngine(`127.0.0.1:${port}`, address))) return { attachment: `nodejs:${port}`, stop };
  stop();
  return undefined;
}

/** Tells whether a host can be told where its engine is. */
function takesEngine(host: string, engine: string): Promise<boolean> {
  const client = new LanguageRuntimeClient(host, credentials.createInsecure());
  const request = new LanguageHandshakeRequest().setEngineAddress(engine);
  return new Promise((resolve) => {
    client.handshake(request, new Metadata(), { deadline: Date.now() + patienceMs }, (error) => {
      client.close();
      resolve(error === null);
    });
  });
}
