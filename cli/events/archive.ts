import {
  DescribeArchiveCommand,
  DescribeRuleCommand,
  ResourceNotFoundException,
  StartReplayCommand,
  type StartReplayCommandOutput,
} from "@aws-sdk/client-eventbridge";
import { NotFoundError, UserError } from "../../domain/userError";
import { print, printError } from "../lib/output";
import { confirm } from "../lib/prompt";
import type { Target } from "../lib/target";
import type { EventsOptions } from "./options";

/** A part of the archive, by the time of publication (RFC 3339), and who gets it. */
export interface ArchiveReplay {
  since: string;
  until: string;
  /** The one rule of the bus that gets it; every rule if it is left out. */
  rule?: string;
}

/** Milliseconds that AWS advises to wait until the archive has what was published.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html */
const archivingMs = 600_000;

/** Has EventBridge publish again, after a question, everything that was published in a time. */
export async function replayArchive(target: Target, replay: ArchiveReplay, { stack, json, dryRun, yes }: EventsOptions): Promise<number> {
  const { since, until, rule } = replay;
  const { eventBusName } = target;
  const receiver = rule === undefined ? `every rule of ${eventBusName}` : `the rule ${rule} of ${eventBusName}`;
  if (rule !== undefined) await requireRule(target, rule);
  if (dryRun)
    return print(
      json
        ? JSON.stringify({ since, until, eventBusName, rule })
        : `Everything published from ${since} to ${until} would be published again to ${receiver}.`,
    );
  if (stack !== undefined && Date.parse(until) > Date.now() - archivingMs)
    printError("EventBridge may archive an event ten minutes after its publication. This replay may miss the newest.");
  const question = `Publish again everything that was published from ${since} to ${until}, to ${receiver}?`;
  if (!yes && !(await confirm(question))) throw new UserError("Nothing was published.");
  const { ReplayArn, State } = await startReplay(target, replay);
  if (json) return print(JSON.stringify({ ReplayArn, State }));
  return print(`The replay ${ReplayArn} is ${State}. EventBridge works on it by itself.`);
}

/** Requires a rule of the bus. @throws NotFoundError if the bus has no such rule: EventBridge would replay to nobody */
async function requireRule({ eventBridge, eventBusName }: Target, rule: string): Promise<void> {
  try {
    await eventBridge.send(new DescribeRuleCommand({ Name: rule, EventBusName: eventBusName }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new NotFoundError(
      `The event bus ${eventBusName} has no rule ${rule}. "aws events list-rules --event-bus-name ${eventBusName}" lists its rules.`,
    );
  }
}

/**
 * Starts a replay of the archive on its bus. Replayed events carry `replay-name`, and are not archived again.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html
 */
export async function startReplay(
  { eventBridge, eventArchiveName }: Pick<Target, "eventBridge" | "eventArchiveName">,
  { since, until, rule }: ArchiveReplay,
): Promise<StartReplayCommandOutput> {
  const { ArchiveArn, EventSourceArn } = await eventBridge.send(new DescribeArchiveCommand({ ArchiveName: eventArchiveName }));
  const ruleArn = `${EventSourceArn!.replace(":event-bus/", ":rule/")}/${rule}`;
  return eventBridge.send(
    new StartReplayCommand({
      ReplayName: `${eventArchiveName}-${Date.now()}`,
      EventSourceArn: ArchiveArn,
      EventStartTime: new Date(since),
      EventEndTime: new Date(until),
      Destination: { Arn: EventSourceArn, ...(rule !== undefined && { FilterArns: [ruleArn] }) },
    }),
  );
}
