import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import * as path from "node:path";
import { issue } from "./certificates";

/** A repository that can be cloned over HTTPS, as from a host of repositories. */
export interface GitServer {
  /** Address as a person writes it, without a scheme. Pulumi 3.259 panics after adding one with a port. */
  address: string;
  /** Environment in which clients written in Go reach it: a proxy that knows its host, and the certificate to trust. */
  environment: Record<string, string>;
  stop(): void;
}

const host = "git.example.com";

const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, stdio: "pipe" });

/**
 * Serves a folder as the one commit of a repository with a tag, by git's own server program.
 * @param folder of files; it becomes a repository
 * @param place folder for the repositories and the certificate
 */
export async function serveRepository(folder: string, tag: string, place: string): Promise<GitServer> {
  const name = "acme/webhook-pipeline";
  git(folder, "init", "--quiet", "--initial-branch", "main");
  git(folder, "add", "--all");
  const author = ["-c", "user.name=acme", "-c", "user.email=acme@example.com", "-c", "commit.gpgsign=false"];
  git(folder, ...author, "commit", "--quiet", "--message", "Publish");
  git(folder, "tag", tag);
  const bare = path.join(place, `${name}.git`);
  mkdirSync(path.dirname(bare), { recursive: true });
  git(place, "clone", "--quiet", "--bare", folder, bare);

  const { pem, privateKey } = await issue({ name: `CN=${host}`, host, authority: true });
  const certificate = path.join(place, "certificate.pem");
  writeFileSync(certificate, pem);
  const server = createTlsServer({ cert: pem, key: privateKey }, (request, response) => answer(place, request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const proxy = proxyTo((server.address() as AddressInfo).port);
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const stop = () => {
    proxy.close();
    server.close();
    server.closeAllConnections();
  };
  const environment = { SSL_CERT_FILE: certificate, HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  return { address: `${host}/${name}`, environment, stop };
}

/** Leads the host's connections to the server, and any other to its own place: npm reads the same variable. */
function proxyTo(port: number): Server {
  return createServer().on("connect", ({ url = "" }: IncomingMessage, socket, head: Buffer) => {
    const [name, at] = url.split(":");
    const target = name === host ? connect(port, "127.0.0.1") : connect(Number(at), name);
    target.on("connect", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    for (const [one, other] of [
      [socket, target],
      [target, socket],
    ])
      one.on("error", () => other.destroy());
  });
}

/** Answers as a server with CGI does. @see https://git-scm.com/docs/git-http-backend */
function answer(place: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url!, "https://localhost");
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: place,
      GIT_HTTP_EXPORT_ALL: "1",
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: String(searchParams),
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  backend.on("close", () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf("\r\n\r\n");
    const headers = output.subarray(0, end).toString().split("\r\n");
    for (const header of headers) {
      const [key, value] = header.split(/: (.*)/);
      if (key === "Status") response.statusCode = parseInt(value, 10);
      else response.setHeader(key, value);
    }
    response.end(output.subarray(end + 4));
  });
}
