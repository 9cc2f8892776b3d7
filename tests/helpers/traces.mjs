// Runs a bundled receiver as Lambda's runtime does, one invocation after the other, and reports what it sends to X-Ray's daemon.
import { createSocket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { context, readEvents } from "../../tools/bench/invocations.mjs";

const { module, eventsFile, sampled } = JSON.parse(process.argv[2]);
const documents = [];
const warnings = [];
console.warn = (...parts) => warnings.push(parts.join(" "));
const daemon = createSocket("udp4");
daemon.on("message", (message) => documents.push(JSON.parse(message.toString().split("\n")[1])));
await new Promise((resolve) => daemon.bind(0, "127.0.0.1", resolve));
process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${daemon.address().port}`;
const { handler } = await import(module);
const events = readEvents(eventsFile);
const statuses = [];
for (const [index, is] of sampled.entries()) {
  process.env._X_AMZN_TRACE_ID = `Root=1-5759e988-bd862e3fe1be46a99427279${index};Parent=53995c3f42cd8ad${index};Sampled=${is}`;
  await sleep(20);
  statuses.push((await handler(events[index], context)).statusCode);
}
await sleep(300);
daemon.close();
process.send({ statuses, documents, warnings });
process.disconnect();
