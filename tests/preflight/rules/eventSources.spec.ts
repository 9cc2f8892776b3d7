import { Type } from "../../../graph/types";
import { eventSourceRules } from "../../../preflight/rules/eventSources";
import { other, specifyRules } from "../../helpers/patient";

const mapping = Type.eventSourceMapping;

describe("Rules over event sources", () =>
  specifyRules(eventSourceRules, {
    "event-source-visibility": other((patient) => [patient.set(Type.function, "timeout", 201), patient.one(mapping)]),
    "event-source-batching": [
      other((patient) => patient.set(mapping, "maximumBatchingWindowInSeconds", 0)),
      other(
        (patient) => [
          patient.set(Type.queue, "fifoQueue", true, "work"),
          patient.set(Type.queue, "fifoQueue", true, "dead"),
          patient.one(mapping),
        ],
        "state-machine-message-group",
      ),
    ],
    "stream-disabled": [
      other((patient) => [
        patient.set(Type.table, "streamEnabled", false),
        patient.set(Type.table, "streamViewType", undefined),
        patient.one(Type.pipe),
      ]),
      other((patient) => {
        const table = patient.one(Type.table);
        table.inputs.streamEnabled = undefined;
        table.inputs.streamViewType = undefined;
        const read = patient.one(mapping);
        read.inputs = { eventSourceArn: table.outputs.streamArn, functionName: read.inputs.functionName, startingPosition: "LATEST" };
        return read;
      }, "event-source-permission"),
    ],
    "event-source-start": [
      other((patient) => patient.set(mapping, "startingPosition", "LATEST")),
      other((patient) => {
        const read = patient.one(mapping);
        read.inputs = { eventSourceArn: patient.one(Type.table).outputs.streamArn, functionName: read.inputs.functionName };
        return read;
      }, "event-source-permission"),
    ],
  }));
