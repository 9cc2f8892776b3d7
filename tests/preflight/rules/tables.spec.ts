import { Type } from "../../../graph/types";
import { tableRules } from "../../../preflight/rules/tables";
import { other, specifyRules, type Fault } from "../../helpers/patient";

type Json = Record<string, unknown>;

const table = (path: string, value: unknown, ...also: string[]): Fault => other((patient) => patient.set(Type.table, path, value), ...also);
const index = (change: (index: Json) => void): Fault =>
  other((patient) => {
    const resource = patient.one(Type.table);
    change((resource.inputs.globalSecondaryIndexes as Json[])[0]);
    return resource;
  });

describe("Rules over tables", () =>
  specifyRules(tableRules, {
    "table-attributes": [
      other((patient) => {
        const resource = patient.one(Type.table);
        (resource.inputs.attributes as Json[]).push({ name: "price", type: "N" });
        return resource;
      }),
      other((patient) => {
        const resource = patient.one(Type.table);
        (resource.inputs.attributes as Json[]).pop();
        return resource;
      }),
    ],
    "table-index": [
      index((one) => (one.projectionType = "INCLUDE")),
      index((one) => (one.nonKeyAttributes = ["note"])),
      index((one) => delete one.projectionType),
      index((one) => delete one.name),
      other((patient) => {
        const resource = patient.one(Type.table);
        (resource.inputs.globalSecondaryIndexes as Json[])[0] = { name: "status", projectionType: "ALL" };
        resource.inputs.attributes = (resource.inputs.attributes as Json[]).filter(({ name }) => name !== "status");
        return resource;
      }),
    ],
    "table-capacity": [table("readCapacity", 5), table("billingMode", "PROVISIONED"), index((one) => (one.writeCapacity = 5))],
    "table-stream-view": table("streamViewType", undefined),
    "table-ttl": [table("ttl", { enabled: true }), table("ttl.attributeName", "status")],
    "table-index-permission": other((patient) => [
      patient.set(Type.function, "environment.variables.INDEX", "status"),
      patient.statement(Type.rolePolicy, "shop", 2, (statement) => (statement.NotResource = patient.one(Type.table).outputs.arn)),
      patient.one(Type.function),
    ]),
  }));
