import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each, type Problems } from "../check";
import { type Graph, isKnown, list, valueAt } from "../graph/graph";
import { variablesOf } from "../required/declared";
import { missingPermission, roleOf } from "../required/permission";
import type { RuleEntry } from "../rule";

interface Index {
  name?: string;
  hashKey?: string;
  rangeKey?: string;
  readCapacity?: number;
  writeCapacity?: number;
  projectionType?: string;
  nonKeyAttributes?: unknown[];
}

const indexesOf = ({ inputs }: GraphResource) => [
  ...list<Index>(inputs.globalSecondaryIndexes),
  ...list<Index>(inputs.localSecondaryIndexes),
];

/** Lists the key attributes of a table and its indexes. */
function keyAttributes(table: GraphResource): string[] {
  const own = [table.inputs.hashKey, table.inputs.rangeKey];
  const ofIndexes = indexesOf(table).flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey]);
  return [...own, ...ofIndexes].filter((key): key is string => typeof key === "string");
}

/** Returns whether any part of these inputs is known only after deployment. */
const isPartlyUnknown = ({ inputs }: GraphResource, names: string[]) =>
  names.some((name) => JSON.stringify(inputs[name] ?? "").includes("[unknown]"));

/** Rules for tables: keys, indexes, capacity, streams, expiry. */
export const tableRules: RuleEntry[] = [
  {
    id: "table-attributes",
    awsError:
      "ValidationException: One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    cause: "A table must define exactly the key attributes of itself and its indexes. Other attributes need no definition.",
    fix: "Define each key attribute once, and no others.",
    link: "https://github.com/aws-cloudformation/cfn-lint/issues/1037",
    check: each(Type.table, (table) => {
      if (isPartlyUnknown(table, ["hashKey", "rangeKey", "attributes", "globalSecondaryIndexes"])) return [];
      const keys = keyAttributes(table);
      const defined = list<{ name?: string }>(table.inputs.attributes).map(({ name }) => name ?? "");
      return [
        !isKnown(table.inputs.hashKey) && "hashKey is missing",
        ...defined.filter((name) => !keys.includes(name)).map((name) => `attributes defines ${name}, which is not a key`),
        ...[...new Set(keys)].filter((key) => !defined.includes(key)).map((key) => `attributes does not define the key ${key}`),
      ];
    }),
  },
  {
    id: "table-index",
    awsError: "ValidationException: One or more parameter values were invalid: ProjectionType is ALL, but NonKeyAttributes is specified",
    cause: "An index requires a name, a key and a projection. Only the projection INCLUDE lists attributes.",
    fix: "Set name, hashKey and projectionType, and nonKeyAttributes for INCLUDE.",
    link: "https://github.com/cloudposse/terraform-aws-dynamodb/issues/39",
    check: each(Type.table, (table) =>
      list<Index>(table.inputs.globalSecondaryIndexes).flatMap(({ name, hashKey, projectionType, nonKeyAttributes, ...rest }) => [
        name === undefined && "an index has no name",
        hashKey === undefined && !("keySchemas" in rest) && `the index ${name} has no hashKey`,
        projectionType === undefined && `the index ${name} has no projectionType`,
        (nonKeyAttributes !== undefined) !== (projectionType === "INCLUDE") &&
          projectionType !== undefined &&
          isKnown(projectionType) &&
          `the index ${name} has the projectionType ${projectionType} ${nonKeyAttributes ? "with" : "without"} nonKeyAttributes`,
      ]),
    ),
  },
  {
    id: "table-capacity",
    awsError:
      "ValidationException: One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    cause:
      "A table is provisioned unless billingMode is PAY_PER_REQUEST. Only provisioned tables and indexes have capacities, and they require both.",
    fix: "Set billingMode to PAY_PER_REQUEST without capacities, or set both capacities on the table and on each index.",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
    check: each(Type.table, (table) => {
      if (table.inputs.billingMode === "[unknown]") return [];
      const onDemand = table.inputs.billingMode === "PAY_PER_REQUEST";
      const parts = [{ name: "the table", ...(table.inputs as Index) }, ...list<Index>(table.inputs.globalSecondaryIndexes)];
      return parts.flatMap(({ readCapacity, writeCapacity }, index) => {
        const given = [readCapacity, writeCapacity].filter(Boolean).length;
        const what = index === 0 ? "the table" : `its index ${parts[index].name}`;
        return (
          (onDemand ? given > 0 : given < 2) &&
          `${what} sets ${given} of 2 capacities, but the billing mode is ${onDemand ? "PAY_PER_REQUEST" : "PROVISIONED"}`
        );
      });
    }),
  },
  {
    id: "table-stream-view",
    awsError:
      "ValidationException: One or more parameter values were invalid: Table is being created with a stream disabled, UpdateViewType should not be specified",
    cause: "A stream requires a view, and only a stream can have one.",
    fix: "Set streamEnabled and streamViewType together.",
    link: "https://github.com/nubo-db/dynoxide/issues/115",
    check: each(
      Type.table,
      ({ inputs: { streamEnabled, streamViewType } }) =>
        streamEnabled !== "[unknown]" &&
        (streamEnabled === true) !== (streamViewType !== undefined) &&
        `streamEnabled is ${String(streamEnabled ?? "missing")} and streamViewType is ${String(streamViewType ?? "missing")}`,
    ),
  },
  {
    id: "table-ttl",
    awsError:
      "ValidationException: 1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    cause: "Items expire by an attribute that holds a time and is not a key of the table or of an index.",
    fix: "Set ttl.attributeName to the attribute with the time in epoch seconds, and ttl.enabled.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/44730",
    check: each(Type.table, (table) => {
      const name = valueAt(table, "ttl.attributeName") as string | undefined;
      return [
        table.inputs.ttl !== undefined && !name && "ttl.attributeName is missing",
        name !== undefined && keyAttributes(table).includes(name) && `ttl.attributeName is ${name}, which is a key`,
      ];
    }),
  },
  {
    id: "table-index-permission",
    severity: "warning",
    awsError: "AccessDeniedException: User is not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:…:table/…/index/…",
    cause: "To IAM, an index is a separate resource, so a permission on the table does not cover its indexes.",
    fix: "Allow dynamodb:Query on `${table.arn}/index/*`, too.",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-specific-table-indexes.html",
    check: each(Type.function, indexProblems),
  },
];

/** Lists indexes that a function's variables name, but that its role cannot query although it can query the table. */
function indexProblems(resource: GraphResource, graph: Graph): Problems {
  const role = roleOf(graph, resource, "role");
  const variables = Object.values(variablesOf(resource));
  if (!role) return [];
  return graph.all(Type.table).flatMap((table) =>
    indexesOf(table)
      .filter(({ name }) => variables.includes(name))
      .flatMap(({ name }) => {
        const query = { rule: "table-index-permission", resource, caller: { role }, action: "dynamodb:Query" };
        const on = String(table.outputs.arn);
        const tableAlone = !missingPermission(graph, { ...query, on }) && missingPermission(graph, { ...query, on: `${on}/index/${name}` });
        return tableAlone && `a variable names the index ${name}, which its role ${role.name} cannot query`;
      }),
  );
}
