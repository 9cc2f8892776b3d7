import type { TestResult } from "../../domain/destinations";
import { print } from "../lib/output";
import type { DestinationsOptions } from "./options";
import { command } from "./state";
import { onDelivery } from "./target";

/** Posts a test event to a destination, also to a paused one. @returns 0 if the destination accepts it, otherwise 1 */
export function testDestination(name: string, { stack, json }: DestinationsOptions): Promise<number> {
  return onDelivery("test", name, stack, async (target, { url }) => {
    const result = await command<TestResult>(target, { command: "test", destination: name });
    const { delivered, status, error, durationMs } = result;
    if (json) return print(JSON.stringify({ destination: name, url, ...result }), delivered ? 0 : 1);
    const answer = status === undefined ? "gave no answer" : `answered ${status}`;
    const why = error === undefined ? "" : ` ${error}`;
    return print(`${url} ${answer} after ${durationMs} ms: ${delivered ? "delivered" : "not delivered"}.${why}`, delivered ? 0 : 1);
  });
}
