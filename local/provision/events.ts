import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  DescribeEventBusCommand,
  PutRuleCommand,
  PutTargetsCommand,
  UpdateArchiveCommand,
} from "@aws-sdk/client-eventbridge";
import { capitalized, createOrFind, type Provisioner } from "./types";

/** Event bus, its archive, rules and targets. */
export const eventProvisioners: Record<string, Provisioner> = {
  "aws:cloudwatch/eventBus:EventBus": async (where, { name }) => {
    const { eventBridge } = where.clients;
    const create = async () => (await eventBridge.send(new CreateEventBusCommand({ Name: name }))).EventBusArn;
    const arn = await createOrFind(where, create, async () => (await eventBridge.send(new DescribeEventBusCommand({ Name: name }))).Arn);
    return { id: name, arn };
  },
  "aws:cloudwatch/eventArchive:EventArchive": async (where, { name, description, eventSourceArn, ...archived }) => {
    const { eventBridge } = where.clients;
    const { eventPattern, retentionDays } = archived;
    const input = { ArchiveName: name, ...capitalized({ description, eventPattern, retentionDays }) };
    const create = () => eventBridge.send(new CreateArchiveCommand({ ...input, EventSourceArn: eventSourceArn }));
    const { ArchiveArn: arn } = await createOrFind(where, create, () => eventBridge.send(new UpdateArchiveCommand(input)));
    return { id: name, arn };
  },
  "aws:cloudwatch/eventRule:EventRule": async ({ clients }, { name, description, eventBusName, eventPattern }) => {
    const { RuleArn: arn } = await clients.eventBridge.send(
      new PutRuleCommand(capitalized({ name, description, eventBusName, eventPattern })),
    );
    return { id: `${eventBusName}/${name}`, arn };
  },
  "aws:cloudwatch/eventTarget:EventTarget": async ({ clients }, { rule, eventBusName, targetId, arn, deadLetterConfig }) => {
    const target = { Id: targetId, Arn: arn, ...capitalized({ deadLetterConfig }) };
    await clients.eventBridge.send(new PutTargetsCommand({ Rule: rule, EventBusName: eventBusName, Targets: [target] }));
    return { id: `${eventBusName}-${rule}-${targetId}` };
  },
};
