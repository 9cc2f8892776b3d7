import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { indexes } from "../../domain/event";

/** A call to AWS: its action, and its parameters. */
export interface Call {
  action: string;
  parameters: Record<string, string>;
}

/** Starts a server that answers the commands' calls as AWS does where there is one FAILED event, and keeps them. */
export async function startAws(calls: Call[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = {
        action: String(request.headers["x-amz-target"]),
        parameters: JSON.parse(Buffer.concat(chunks).toString()) as Call["parameters"],
      };
      calls.push(call);
      response.setHeader("content-type", "application/x-amz-json-1.0");
      response.end(JSON.stringify(answerTo(call)));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Answers as a table in which one event has FAILED, and nothing is open. */
function answerTo({ parameters }: Call): object {
  const event = { transaction_id: { S: "stripe#evt_1" }, status: { S: "FAILED" }, received_at: { S: "2026-01-31T12:00:00.000Z" } };
  const Items = parameters.IndexName === indexes.open.name ? [] : [event];
  return { Items, Count: Items.length, ScannedCount: Items.length };
}
