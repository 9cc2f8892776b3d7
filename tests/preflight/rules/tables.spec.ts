import { Type } from "../../../preflight/graph/types";
import { tableRules } from "../../../preflight/rules/tables";
import { other, specifyRules, type PlantedViolation } from "../../helpers/brokenGraph";

type Json = Record<string, unknown>;

const table = (path: string, value: unknown, ...also: string[]): PlantedViolation =>
  other((broken) => broken.set(Type.table, path, value), ...also);
const index = (change: (index: Json) => void): PlantedViolation =>
  other((broken) => {
    const resource = broken.one(Type.table);
    change((resource.inputs.globalSecondaryIndexes as Json[])[0]);
    return resource;
  });

describe("Rules for tables", () =>
  specifyRules(tableRules, {
    "table-attributes": [
      other((broken) => {
        const resource = broken.one(Type.table);
        (resource.inputs.attributes as Json[]).push({ name: "price", type: "N" });
        return resource;
      }),
      other((broken) => {
        const resource = broken.one(Type.table);
        (resource.inputs.attributes as Json[]).pop();
        return resource;
      }),
    ],
    "table-index": [
      index((one) => (one.projectionType = "INCLUDE")),
      index((one) => (one.nonKeyAttributes = ["note"])),
      index((one) => delete one.projectionType),
      index((one) => delete one.name),
      other((broken) => {
        const resource = broken.one(Type.table);
        (resource.inputs.globalSecondaryIndexes as Json[])[0] = { name: "status", projectionType: "ALL" };
        resource.inputs.attributes = (resource.inputs.attributes as Json[]).filter(({ name }) => name !== "status");
        return resource;
      }),
    ],
    "table-capacity": [table("readCapacity", 5), table("billingMode", "PROVISIONED"), index((one) => (one.writeCapacity = 5))],
    "table-stream-view": table("streamViewType", undefined),
    "table-ttl": [table("ttl", { enabled: true }), table("ttl.attributeName", "status")],
    "table-index-permission": other((broken) => [
      broken.set(Type.function, "environment.variables.INDEX", "status"),
      broken.statement(Type.rolePolicy, "shop", 2, (statement) => (statement.NotResource = broken.one(Type.table).outputs.arn)),
      broken.one(Type.function),
    ]),
  }));
