import {
  CreateTableCommand,
  DescribeTableCommand,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../domain/userError";
import { capitalized, createOrFind, type Inputs, type Provisioner } from "./types";

/**
 * Creates a table, or takes the one that a kept run has left. The local run watches each by its stream. It carries keys alone: MiniStack's pipe applies no input template,
 * and the template would leave the keys of a record.
 * @throws UserError if the kept table has other keys or indexes
 */
export const createTable: Provisioner = async (where, inputs) => {
  const { dynamodb } = where.clients;
  const TableName = inputs.name as string;
  const input = tableInput(inputs);
  const find = async () => requireSameIndexes(input, (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table!);
  await createOrFind(where, async () => void (await dynamodb.send(new CreateTableCommand(input))), find);
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: capitalized(inputs.ttl) }));
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
  return { id: TableName, arn: Table!.TableArn, streamArn: Table!.LatestStreamArn, streamLabel: Table!.LatestStreamLabel };
};

function tableInput(inputs: Inputs): CreateTableCommandInput {
  const indexes = (inputs.globalSecondaryIndexes ?? []) as Inputs[];
  return {
    TableName: inputs.name,
    BillingMode: inputs.billingMode,
    AttributeDefinitions: inputs.attributes.map(({ name, type }: Inputs) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keySchema(inputs),
    GlobalSecondaryIndexes: indexes.map(({ name, projectionType, nonKeyAttributes, ...keys }) => ({
      IndexName: name,
      KeySchema: keySchema(keys),
      Projection: capitalized({ projectionType, nonKeyAttributes }),
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: inputs.serverSideEncryption.kmsKeyArn },
  };
}

function keySchema({ hashKey, rangeKey }: Inputs) {
  const hash = { AttributeName: hashKey as string, KeyType: "HASH" as const };
  return rangeKey ? [hash, { AttributeName: rangeKey as string, KeyType: "RANGE" as const }] : [hash];
}

/**
 * Compares the kept table's keys and indexes with the program's.
 * @throws UserError if the program wants other keys or indexes than the kept table has
 */
function requireSameIndexes(wanted: CreateTableCommandInput, kept: TableDescription): void {
  if (isDeepStrictEqual(indexesOf(wanted), indexesOf(kept))) return;
  throw new UserError(
    `The kept table ${kept.TableName} has other keys or indexes than the program. Delete the folder "kept" of the local run (.local/kept), and start again.`,
  );
}

function indexesOf({ KeySchema, GlobalSecondaryIndexes = [] }: Pick<TableDescription, "KeySchema" | "GlobalSecondaryIndexes">) {
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => {
    const attributes = [...(Projection?.NonKeyAttributes ?? [])].sort();
    return [IndexName!, { KeySchema, type: Projection?.ProjectionType, attributes }] as const;
  });
  return { KeySchema, indexes: Object.fromEntries(indexes) };
}
