import { Type } from "../../../preflight/graph/types";
import { eventSourceRules } from "../../../preflight/rules/eventSources";
import { delivering, other, specifyRules } from "../../helpers/brokenGraph";

const mapping = Type.eventSourceMapping;

describe("Rules for event sources", () =>
  specifyRules(eventSourceRules, {
    "event-source-visibility": [
      other((broken) => [broken.set(Type.function, "timeout", 201), broken.one(mapping)]),
      delivering((broken) => [broken.set(Type.queue, "visibilityTimeoutSeconds", 59, "to-orders"), broken.one(mapping)]),
    ],
    "event-source-batching": [
      other((broken) => broken.set(mapping, "maximumBatchingWindowInSeconds", 0)),
      other(
        (broken) => [
          broken.set(Type.queue, "fifoQueue", true, "work"),
          broken.set(Type.queue, "fifoQueue", true, "dead"),
          broken.one(mapping),
        ],
        "state-machine-message-group",
      ),
    ],
    "stream-disabled": [
      other((broken) => [
        broken.set(Type.table, "streamEnabled", false),
        broken.set(Type.table, "streamViewType", undefined),
        broken.one(Type.pipe),
      ]),
      other((broken) => {
        const table = broken.one(Type.table);
        table.inputs.streamEnabled = undefined;
        table.inputs.streamViewType = undefined;
        const read = broken.one(mapping);
        read.inputs = { eventSourceArn: table.outputs.streamArn, functionName: read.inputs.functionName, startingPosition: "LATEST" };
        return read;
      }, "event-source-permission"),
    ],
    "event-source-start": [
      other((broken) => broken.set(mapping, "startingPosition", "LATEST")),
      other((broken) => {
        const read = broken.one(mapping);
        read.inputs = { eventSourceArn: broken.one(Type.table).outputs.streamArn, functionName: read.inputs.functionName };
        return read;
      }, "event-source-permission"),
    ],
  }));
