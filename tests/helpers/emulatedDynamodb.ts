import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { freePort } from "./freePort";

const binary = "node_modules/@dynoxide/linux-x64/dynoxide";

/** Says why the emulator cannot run here; `undefined` where it can. Its package has a binary for Linux on x64 alone. */
export const unavailable =
  process.platform === "linux" && process.arch === "x64"
    ? undefined
    : `the emulator that counts units runs on Linux x64 only (${process.platform} ${process.arch})`;

export type Send = (command: { input: object }) => Promise<unknown>;
/** Sends with any client. A test of another file may have replaced the class's own method. */
const { send } = Object.getPrototypeOf(DynamoDBClient.prototype) as { send: Send };

/** Somebody else's emulator of DynamoDB, which checks expressions and counts the units of indexes, too. */
export interface EmulatedDynamodb {
  send: Send;
  stop: () => void;
}

/** Starts it, without tables. */
export async function startDynamodb(): Promise<EmulatedDynamodb> {
  const port = await freePort();
  const child = spawn(binary, ["serve", "--port", String(port)], { stdio: "ignore" });
  const client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1 });
  const stop = () => {
    client.destroy();
    child.kill();
  };
  const sendTo: Send = (command) => send.call(client, command);
  for (let tries = 0; tries < 200; tries++) {
    if (await sendTo(new ListTablesCommand({})).then(Boolean, () => false)) return { send: sendTo, stop };
    await sleep(50);
  }
  stop();
  throw new Error("The emulator does not answer.");
}
