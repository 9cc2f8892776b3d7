import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { queueRetentionSeconds } from "../../domain/destinations";
import { changedParts, each, together } from "../check";
import { fields, type Graph, mayBe, valueAt } from "../graph/graph";
import type { RuleEntry } from "../rule";

/** Receives after which SQS may move a message to the dead letters: fewer would end deliveries that wait for their next attempt. */
const leastReceives = 100;

/** Rules for destinations: rules on the event bus, queues and mappings. */
export const destinationRules: RuleEntry[] = [
  {
    id: "project-destination",
    awsError:
      "silent: events for a destination are lost in a long outage, if a permission is missing, in a crash, or because another event of their batch fails",
    cause: "A target and a queue require dead letters, a queue the longest retention, and a mapping failures by message.",
    fix: "Create them as components/destinations/destination.ts does.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
    check: together(
      each(Type.eventTarget, (target) => changedParts([valueAt(target, "deadLetterConfig.arn") === undefined && "deadLetterConfig"])),
      each(Type.queue, (queue, graph) => changedParts(isSource(queue, graph) ? queueParts(queue, graph) : [])),
      each(Type.eventSourceMapping, (mapping) => {
        const types = mapping.inputs.functionResponseTypes;
        const reports = types === "[unknown]" || [types].flat().some((type) => type === "ReportBatchItemFailures" || type === "[unknown]");
        return changedParts([!reports && "functionResponseTypes", mapping.inputs.scalingConfig === undefined && "scalingConfig"]);
      }),
    ),
  },
];

/** Returns whether a rule sends events to a queue, rather than only what could not be delivered. */
const isSource = ({ outputs }: GraphResource, graph: Graph) =>
  graph.all(Type.eventTarget).some((target) => mayBe(target, "arn", outputs.arn));

/** Lists the parts of a destination's queue that lose messages. */
function queueParts(queue: GraphResource, graph: Graph): (string | false)[] {
  const redrive = graph.document(queue, "redrivePolicy");
  const isUnknown = queue.inputs.redrivePolicy === "[unknown]";
  return [
    !mayBe(queue, "messageRetentionSeconds", queueRetentionSeconds) && "messageRetentionSeconds",
    !isUnknown && !(Number(fields(redrive).maxReceiveCount) >= leastReceives) && "redrivePolicy",
  ];
}
