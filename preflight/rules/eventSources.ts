import { Type } from "../../graph/types";
import { each } from "../check";
import { isKnown, mayBe, textInput } from "../graph";
import type { RuleEntry } from "../rule";

/** Rules over what reads queues and streams: event source mappings, and pipes. */
export const eventSourceRules: RuleEntry[] = [
  {
    id: "event-source-visibility",
    awsError: "InvalidParameterValueException: Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
    cause: "A message must stay invisible while the function works on it.",
    fix: "Set the queue's visibilityTimeoutSeconds to six times the function's timeout.",
    link: "https://github.com/github-aws-runners/terraform-aws-github-runner/issues/465",
    check: each(Type.eventSourceMapping, (resource, graph) => {
      const queue = graph.target(resource, "eventSourceArn", Type.queue);
      const target = graph.findFunction(textInput(resource, "functionName"));
      if (!queue || !target) return [];
      const [visibility, timeout] = [Number(queue.inputs.visibilityTimeoutSeconds ?? 30), Number(target.inputs.timeout ?? 3)];
      return visibility < timeout && `the queue hides a message for ${visibility} s, the function runs for ${timeout} s`;
    }),
  },
  {
    id: "event-source-batching",
    awsError: "InvalidParameterValueException: Batching window is not supported for FIFO queues",
    cause: "Of a FIFO queue, a function gets up to ten messages as they come; of more than ten, it needs a window of a second.",
    fix: "Leave maximumBatchingWindowInSeconds out for a FIFO queue, and set it where batchSize is above ten.",
    link: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
    check: each(Type.eventSourceMapping, (resource, graph) => {
      const queue = graph.target(resource, "eventSourceArn", Type.queue);
      const [window, size] = [Number(resource.inputs.maximumBatchingWindowInSeconds ?? 0), Number(resource.inputs.batchSize ?? 10)];
      if (!queue) return [];
      const fifo = queue.inputs.fifoQueue === true;
      const wrong = fifo ? window > 0 || size > 10 : size > 10 && window < 1;
      return wrong && `it takes ${size} messages in ${window} s from ${fifo ? "a FIFO" : "a"} queue`;
    }),
  },
  {
    id: "stream-disabled",
    awsError: "ValidationException: 1 validation error detected: Value '' at 'eventSourceArn' failed to satisfy constraint",
    cause: "A table without a stream has no stream's ARN: what reads it has nothing to read.",
    fix: "Set streamEnabled and streamViewType on the table.",
    link: "https://github.com/pulumi/pulumi-aws/pull/654",
    check: each([Type.pipe, Type.eventSourceMapping], (resource, graph) => {
      const table = graph.target(resource, resource.type === Type.pipe ? "source" : "eventSourceArn", Type.table);
      return table && !mayBe(table, "streamEnabled", true) && `the table ${table.name} has no stream`;
    }),
  },
  {
    id: "event-source-start",
    awsError:
      "InvalidParameterValueException: 1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.; or: StartingPosition is not valid for SQS event sources.",
    cause: "Reading a stream begins somewhere, reading a queue nowhere.",
    fix: "Set startingPosition to TRIM_HORIZON or LATEST for a stream; leave it out for a queue.",
    link: "https://github.com/winglang/wing/issues/7178",
    check: each(Type.eventSourceMapping, (resource, graph) => {
      const stream = graph.target(resource, "eventSourceArn", Type.table) !== undefined;
      const queue = graph.target(resource, "eventSourceArn", Type.queue) !== undefined;
      const position = isKnown(resource.inputs.startingPosition);
      return (
        ((stream && !position) || (queue && position)) &&
        (position ? "it has a startingPosition for a queue" : "it has no startingPosition for a stream")
      );
    }),
  },
];
