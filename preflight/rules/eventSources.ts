import { Type } from "../graph/types";
import { each } from "../check";
import { isKnown, mayBe, textInput } from "../graph/graph";
import type { RuleEntry } from "../rule";

/** Rules for readers of queues and streams: event source mappings and pipes. */
export const eventSourceRules: RuleEntry[] = [
  {
    id: "event-source-visibility",
    awsError: "InvalidParameterValueException: Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
    cause: "A message must stay invisible while the function processes it.",
    fix: "Set the queue's visibilityTimeoutSeconds to six times the function's timeout.",
    link: "https://github.com/github-aws-runners/terraform-aws-github-runner/issues/465",
    check: each(Type.eventSourceMapping, (resource, graph) => {
      const queue = graph.target(resource, "eventSourceArn", Type.queue);
      const target = graph.findFunction(textInput(resource, "functionName"));
      if (!queue || !target) return [];
      const [visibility, timeout] = [Number(queue.inputs.visibilityTimeoutSeconds ?? 30), Number(target.inputs.timeout ?? 3)];
      return (
        visibility < timeout && `visibilityTimeoutSeconds of the queue is ${visibility}, less than the function's timeout of ${timeout} s`
      );
    }),
  },
  {
    id: "event-source-batching",
    awsError: "InvalidParameterValueException: Batching window is not supported for FIFO queues",
    cause:
      "A FIFO queue allows batches of at most ten and no window. A standard queue requires a window of a second for batches above ten.",
    fix: "Omit maximumBatchingWindowInSeconds for a FIFO queue, and set it for a standard queue if batchSize is above ten.",
    link: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
    check: each(Type.eventSourceMapping, (resource, graph) => {
      const queue = graph.target(resource, "eventSourceArn", Type.queue);
      const [window, size] = [Number(resource.inputs.maximumBatchingWindowInSeconds ?? 0), Number(resource.inputs.batchSize ?? 10)];
      if (!queue) return [];
      const fifo = queue.inputs.fifoQueue === true;
      const wrong = fifo ? window > 0 || size > 10 : size > 10 && window < 1;
      return wrong && `batchSize is ${size} and maximumBatchingWindowInSeconds is ${window} for a ${fifo ? "FIFO" : "standard"} queue`;
    }),
  },
  {
    id: "stream-disabled",
    awsError: "ValidationException: 1 validation error detected: Value '' at 'eventSourceArn' failed to satisfy constraint",
    cause: "A table without a stream has no stream ARN, so there is nothing to read.",
    fix: "Set streamEnabled and streamViewType on the table.",
    link: "https://github.com/pulumi/pulumi-aws/pull/654",
    check: each([Type.pipe, Type.eventSourceMapping], (resource, graph) => {
      const table = graph.target(resource, resource.type === Type.pipe ? "source" : "eventSourceArn", Type.table);
      return table && !mayBe(table, "streamEnabled", true) && `streamEnabled is not set on its source, the table ${table.name}`;
    }),
  },
  {
    id: "event-source-start",
    awsError:
      "InvalidParameterValueException: 1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.; or: StartingPosition is not valid for SQS event sources.",
    cause: "A stream requires a starting position; a queue has none.",
    fix: "Set startingPosition to TRIM_HORIZON or LATEST for a stream; omit it for a queue.",
    link: "https://github.com/winglang/wing/issues/7178",
    check: each(Type.eventSourceMapping, (resource, graph) => {
      const stream = graph.target(resource, "eventSourceArn", Type.table) !== undefined;
      const queue = graph.target(resource, "eventSourceArn", Type.queue) !== undefined;
      const position = isKnown(resource.inputs.startingPosition);
      return (
        ((stream && !position) || (queue && position)) &&
        (position ? "startingPosition is set, but the source is a queue" : "startingPosition is missing, but the source is a stream")
      );
    }),
  },
];
