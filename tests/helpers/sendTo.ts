/**
 * Sends a request twice to a URL whose host resolves to 127.0.0.1, and prints both answers. It is a process of its own: Node.js reads the
 * certificates of NODE_EXTRA_CA_CERTS when it starts.
 */
import { closeConnections } from "../../handlers/deliver/agents";
import { send } from "../../handlers/deliver/send";

async function main(url: string): Promise<void> {
  const request = { url, headers: { "content-length": "2" }, body: Buffer.from("{}"), timeoutMs: 5_000, isLocal: true };
  const once = () => send(request, () => Promise.resolve(["127.0.0.1"]));
  console.log(JSON.stringify([await once(), await once()]));
  closeConnections();
}

void main(process.argv[2]);
