import { DescribeArchiveCommand, StartReplayCommand } from "@aws-sdk/client-eventbridge";
import { UsageError } from "../lib/errors";
import { print } from "../lib/output";
import { confirm } from "../lib/prompt";
import { findTarget, type Target } from "../lib/target";
import type { EventsOptions } from "./options";
import { readFilters } from "./filters";

/** Publishes again what was published, once it is confirmed. */
export async function replayEvents(_ids: string[], options: EventsOptions): Promise<number> {
  const target = await findTarget(options.stack);
  const { since, until = new Date().toISOString() } = readFilters({ since: options.since, until: options.until });
  if (since === undefined) throw new UsageError("replay needs --since, and takes --until.");
  const { eventBusName } = target;
  const would = `What was published from ${since} to ${until} would be published again on ${eventBusName}.`;
  if (options.dryRun) return print(options.json ? JSON.stringify({ since, until, eventBusName }) : would);
  const question = `Publish again, to every subscriber, what was published from ${since} to ${until}?`;
  if (!options.yes && !(await confirm(question))) return print("Nothing is changed.", 1);
  const { ReplayArn, State } = await startReplay(target, since, until);
  return print(options.json ? JSON.stringify({ ReplayArn, State }) : `${ReplayArn} is ${State}.`);
}

/** Publishes again on the bus, to every subscriber, what the archive has of this time (RFC 3339).
 * @returns the replay's ARN and state; EventBridge works on it by itself
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html */
export async function startReplay({ eventBridge, eventArchiveName }: Target, since: string, until: string) {
  const { ArchiveArn, EventSourceArn } = await eventBridge.send(new DescribeArchiveCommand({ ArchiveName: eventArchiveName }));
  return eventBridge.send(
    new StartReplayCommand({
      ReplayName: `${eventArchiveName}-${Date.now()}`,
      EventSourceArn: ArchiveArn,
      EventStartTime: new Date(since),
      EventEndTime: new Date(until),
      Destination: { Arn: EventSourceArn },
    }),
  );
}
