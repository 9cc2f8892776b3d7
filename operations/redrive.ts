import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../contract";
import { conditionalWrite, transitions } from "../lifecycle";
import { createClients } from "../local/clients";
import { runCommand, UserError } from "../local/errors";
import { parseOptions } from "../local/options";
import { findPipeline } from "../local/pipeline";

const usage = `npm run redrive -- [--table NAME --region REGION] TRANSACTION_ID ...
  puts failed events back into the flow, on the local run or, with --table, in AWS`;

/**
 * Makes an event RECEIVED again, so that the pipe picks it up: one that is FAILED, one whose worker died (PROCESSING with
 * its lease over), or one that is RECEIVED and was never picked up. No other is touched.
 * @returns whether the event was put back
 */
export async function redrive(client: DynamoDBClient, tableName: string, transactionId: string, now = new Date()): Promise<boolean> {
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { [Attribute.transactionId]: { S: transactionId } },
        ...conditionalWrite(transitions.redrive, { now: { S: now.toISOString() }, nowMs: { N: String(now.getTime()) } }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function main(): Promise<number> {
  const { ids, table, region } = readOptions();
  const local = table === undefined ? findPipeline() : undefined;
  const client = local ? createClients(local).dynamodb : new DynamoDBClient({ region });
  const tableName = table ?? local!.outputs.tableName;
  let refused = 0;
  for (const id of ids) {
    const done = await redrive(client, tableName, id);
    console.log(done ? `${id} is RECEIVED again.` : `${id} is left as it is: it is not there, being processed, or PROCESSED.`);
    if (!done) refused++;
  }
  return refused === 0 ? 0 : 1;
}

function readOptions() {
  const { values, positionals } = parseOptions(
    { allowPositionals: true, options: { table: { type: "string" }, region: { type: "string" } } },
    usage,
  );
  if (positionals.length === 0) throw new UserError(`Which events? ${usage}`);
  if ((values.table === undefined) !== (values.region === undefined)) throw new UserError(`--table and --region go together. ${usage}`);
  return { ids: positionals, table: values.table, region: values.region };
}

if (require.main === module) void runCommand(main);
