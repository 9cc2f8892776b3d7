import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import { conditionalWrite, transitions } from "../../domain/lifecycle";
import type { Target } from "../lib/target";

type Table = Pick<Target, "dynamodb" | "tableName">;

/**
 * Makes an event RECEIVED again, with all its attempts before it, so that the pipe picks it up: one that is FAILED, one whose
 * worker died (PROCESSING with its lease over), or one that is RECEIVED and was never picked up. No other is touched.
 * @returns whether the event was put back
 */
export async function redrive({ dynamodb, tableName }: Table, transactionId: string, now = new Date()): Promise<boolean> {
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { [Attribute.transactionId]: { S: transactionId } },
        ...conditionalWrite(transitions.redrive, { now: { S: now.toISOString() }, nowMs: { N: String(now.getTime()) } }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** What came of many. */
export interface Redriven {
  /** Are RECEIVED again. */
  redriven: number;
  /** Were left as they are: not there, being processed, or PROCESSED. */
  left: number;
  /** Could not be written: AWS's words by the event's id. */
  failed: Map<string, string>;
}

export interface Pace {
  /** Events a second, at most. */
  rate: number;
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

const atOnce = 10;

/** Puts many events back, no faster than asked, until all are or the signal says stop. What was put back is FAILED no more, so that the
 * same command goes on where this one ended. */
export async function redriveAll(target: Table, ids: readonly string[], { rate, signal, onProgress }: Pace): Promise<Redriven> {
  const result: Redriven = { redriven: 0, left: 0, failed: new Map() };
  const started = Date.now();
  for (let done = 0; done < ids.length && !signal.aborted;) {
    const some = ids.slice(done, done + Math.min(atOnce, rate));
    await Promise.all(some.map(async (id) => redriveInto(result, target, id)));
    done += some.length;
    onProgress(done);
    const ahead = (done / rate) * 1_000 - (Date.now() - started);
    if (ahead > 0 && done < ids.length) await sleep(ahead, undefined, { signal }).catch(() => undefined);
  }
  return result;
}

async function redriveInto(result: Redriven, target: Table, id: string): Promise<void> {
  try {
    if (await redrive(target, id)) result.redriven++;
    else result.left++;
  } catch (error) {
    result.failed.set(id, (error as Error).message);
  }
}
