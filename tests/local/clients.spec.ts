import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { connectionTo, createClients } from "../../local/clients";
import { stackConnection } from "../../cli/lib/target";
import { requestOptionsOf } from "../../testbed/matrix/sdk";

const aws = { endpoint: "http://127.0.0.1:1", region: "eu-central-1", accessKeyId: "test", secretAccessKey: "test" };

describe("The clients of the commands and of the local run", () => {
  it("end a call that nobody answers, each of them", async () => {
    const clients = Object.entries(createClients(aws));
    assert.ok(clients.length >= 16);
    for (const [name, client] of clients) {
      const { requestTimeout, throwOnRequestTimeout, socketTimeout } = await requestOptionsOf(client);
      assert.ok(throwOnRequestTimeout && requestTimeout && socketTimeout, name);
    }
  });

  it("wait in AWS no longer than whoever gave the command", () => {
    const { requestHandler, maxAttempts } = stackConnection("eu-central-1");
    assert.ok((requestHandler.requestTimeout * maxAttempts) / 1_000 <= 60);
  });

  it("wait at home for an invocation of the reconciler, which has a minute", () => {
    assert.ok(connectionTo(aws).requestHandler.requestTimeout > 60_000);
  });

  it("are made everywhere with something that ends a call", () => {
    const folders = ["handlers", "cli", "local", "docs", "tools"];
    const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => path.join(folder, String(file))));
    const sources = files.filter((file) => file.endsWith(".ts")).map((file) => [file, readFileSync(file, "utf8")] as const);
    const making = sources.filter(([, source]) => /new (?:sdk\.)?\w+Client\(/.test(source));
    assert.ok(making.length >= 7);
    for (const [file, source] of making) assert.match(source, /requestHandler|clientOptions|endedAfter|connectionTo/, file);
  });
});
