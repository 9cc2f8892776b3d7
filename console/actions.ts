import type { Done, Problem } from "../cli/console/api";
import { problemOf, type Client } from "./client";

export type ActionName = "redrive" | "replay" | "redeliver";

/** How far an action is. */
export interface Progress extends Done {
  /** Events that were handed to the server, also those that it left. */
  tried: number;
  isOver: boolean;
  problem?: Problem;
}

/** Events of one request: few enough that someone sees it go on. */
const eventsAtOnce = 100;

/** Does an action, some events after the others, and says after each request how far it is. A failed request ends it. */
export async function* act(client: Client, action: ActionName, destination: string, ids: readonly string[]): AsyncGenerator<Progress> {
  let progress: Progress = { done: 0, left: [], tried: 0, isOver: false };
  yield progress;
  while (progress.tried < ids.length) {
    const some = ids.slice(progress.tried, progress.tried + eventsAtOnce);
    try {
      const { done, left } = await (action === "redeliver"
        ? client.post("/api/redeliver", { destination, ids: some })
        : client.post(`/api/${action}`, { ids: some }));
      const tried = progress.tried + some.length;
      progress = { done: progress.done + done, left: [...progress.left, ...left], tried, isOver: tried === ids.length };
      yield progress;
    } catch (error) {
      yield { ...progress, isOver: true, problem: problemOf(error) };
      return;
    }
  }
}
