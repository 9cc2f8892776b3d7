import { DescribeArchiveCommand, StartReplayCommand } from "@aws-sdk/client-eventbridge";
import type { Target } from "../lib/target";

/** Publishes again on the bus, to every subscriber, what the archive has of this time (RFC 3339).
 * @returns the replay's ARN and state; EventBridge works on it by itself
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html */
export async function startReplay({ eventBridge, eventArchiveName }: Target, since: string, until: string) {
  const { ArchiveArn, EventSourceArn } = await eventBridge.send(new DescribeArchiveCommand({ ArchiveName: eventArchiveName }));
  const { ReplayArn, State } = await eventBridge.send(
    new StartReplayCommand({
      ReplayName: `${eventArchiveName}-${Date.now()}`,
      EventSourceArn: ArchiveArn,
      EventStartTime: new Date(since),
      EventEndTime: new Date(until),
      Destination: { Arn: EventSourceArn },
    }),
  );
  return { ReplayArn, State };
}
