import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each, type Problems } from "../check";
import { type Graph, isKnown, list, valueAt } from "../graph";
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

/** Returns the attributes that a table's keys and those of its indexes are. */
function keyAttributes(table: GraphResource): string[] {
  const own = [table.inputs.hashKey, table.inputs.rangeKey];
  const ofIndexes = indexesOf(table).flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey]);
  return [...own, ...ofIndexes].filter((key): key is string => typeof key === "string");
}

/** Tells whether something in these inputs is known only after deployment. */
const isPartlyUnknown = ({ inputs }: GraphResource, names: string[]) =>
  names.some((name) => JSON.stringify(inputs[name] ?? "").includes("[unknown]"));

/** Rules over tables: keys, indexes, capacity, streams, expiry. */
export const tableRules: RuleEntry[] = [
  {
    id: "table-attributes",
    awsError:
      "ValidationException: One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    cause: "A table defines exactly the attributes that are keys, its own or an index's; DynamoDB takes any others without being told.",
    fix: "Define each key attribute once, and no other.",
    link: "https://github.com/aws-cloudformation/cfn-lint/issues/1037",
    check: each(Type.table, (table) => {
      if (isPartlyUnknown(table, ["hashKey", "rangeKey", "attributes", "globalSecondaryIndexes"])) return [];
      const keys = keyAttributes(table);
      const defined = list<{ name?: string }>(table.inputs.attributes).map(({ name }) => name ?? "");
      return [
        !isKnown(table.inputs.hashKey) && "it has no hashKey",
        ...defined.filter((name) => !keys.includes(name)).map((name) => `the attribute ${name} is no key`),
        ...[...new Set(keys)].filter((key) => !defined.includes(key)).map((key) => `the key ${key} is not among its attributes`),
      ];
    }),
  },
  {
    id: "table-index",
    awsError: "ValidationException: One or more parameter values were invalid: ProjectionType is ALL, but NonKeyAttributes is specified",
    cause: "An index has a name, a key and a projection; attributes are listed for INCLUDE alone.",
    fix: "Give the index name, hashKey and projectionType, and nonKeyAttributes if that is INCLUDE.",
    link: "https://github.com/cloudposse/terraform-aws-dynamodb/issues/39",
    check: each(Type.table, (table) =>
      list<Index>(table.inputs.globalSecondaryIndexes).flatMap(({ name, hashKey, projectionType, nonKeyAttributes, ...rest }) => [
        name === undefined && "an index has no name",
        hashKey === undefined && !("keySchemas" in rest) && `the index ${name} has no hashKey`,
        projectionType === undefined && `the index ${name} has no projectionType`,
        (nonKeyAttributes !== undefined) !== (projectionType === "INCLUDE") &&
          projectionType !== undefined &&
          isKnown(projectionType) &&
          `the index ${name} has ${projectionType} ${nonKeyAttributes ? "with" : "without"} nonKeyAttributes`,
      ]),
    ),
  },
  {
    id: "table-capacity",
    awsError:
      "ValidationException: One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    cause: "Capacity is provisioned, or paid by request; a table that says neither is provisioned, and needs it.",
    fix: "Set billingMode to PAY_PER_REQUEST without capacities, or give both to the table and to each index.",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
    check: each(Type.table, (table) => {
      if (table.inputs.billingMode === "[unknown]") return [];
      const onDemand = table.inputs.billingMode === "PAY_PER_REQUEST";
      const parts = [{ name: "the table", ...(table.inputs as Index) }, ...list<Index>(table.inputs.globalSecondaryIndexes)];
      return parts.flatMap(({ readCapacity, writeCapacity }, index) => {
        const given = [readCapacity, writeCapacity].filter(Boolean).length;
        const what = index === 0 ? "it" : `its index ${parts[index].name}`;
        return (
          (onDemand ? given > 0 : given < 2) &&
          `${what} has ${given} capacities with the billing mode ${onDemand ? "PAY_PER_REQUEST" : "PROVISIONED"}`
        );
      });
    }),
  },
  {
    id: "table-stream-view",
    awsError:
      "ValidationException: One or more parameter values were invalid: Table is being created with a stream disabled, UpdateViewType should not be specified",
    cause: "A stream's view belongs to a stream that is on, and each stream has one.",
    fix: "Set streamEnabled and streamViewType together.",
    link: "https://github.com/nubo-db/dynoxide/issues/115",
    check: each(
      Type.table,
      ({ inputs: { streamEnabled, streamViewType } }) =>
        streamEnabled !== "[unknown]" &&
        (streamEnabled === true) !== (streamViewType !== undefined) &&
        `streamEnabled is ${String(streamEnabled)}, streamViewType ${String(streamViewType)}`,
    ),
  },
  {
    id: "table-ttl",
    awsError:
      "ValidationException: 1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    cause: "Items expire by an attribute that holds a time; a key of the table or of an index is none.",
    fix: "Name the attribute that holds the epoch second, and enable it.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/44730",
    check: each(Type.table, (table) => {
      const name = valueAt(table, "ttl.attributeName") as string | undefined;
      return [
        table.inputs.ttl !== undefined && !name && "its ttl has no attributeName",
        name !== undefined && keyAttributes(table).includes(name) && `its ttl is the key ${name}`,
      ];
    }),
  },
  {
    id: "table-index-permission",
    severity: "warning",
    awsError: "AccessDeniedException: User is not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:…:table/…/index/…",
    cause: "An index is a resource of its own: what is allowed on the table is not allowed on its indexes.",
    fix: "Allow dynamodb:Query on `${table.arn}/index/*`, too.",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-specific-table-indexes.html",
    check: each(Type.function, indexProblems),
  },
];

/** Functions that are told an index by name, and whose role may query its table alone. */
function indexProblems(resource: GraphResource, graph: Graph): Problems {
  const role = roleOf(graph, resource, "role");
  const told = Object.values(variablesOf(resource));
  if (!role) return [];
  return graph.all(Type.table).flatMap((table) =>
    indexesOf(table)
      .filter(({ name }) => told.includes(name))
      .flatMap(({ name }) => {
        const query = { rule: "table-index-permission", resource, caller: { role }, action: "dynamodb:Query" };
        const on = String(table.outputs.arn);
        const tableAlone = !missingPermission(graph, { ...query, on }) && missingPermission(graph, { ...query, on: `${on}/index/${name}` });
        return tableAlone && `it is told the index ${name}, which its role ${role.name} may not query`;
      }),
  );
}
