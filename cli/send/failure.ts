import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { Attribute, Status } from "../../domain/event";
import { UserError } from "../../domain/userError";
import type { Clients } from "../../local/clients";
import type { LocalPipeline } from "../../local/pipeline";
import { onInterruption } from "../lib/interruption";

const lookEveryMs = 200;
const failTimeoutMs = 120_000;

/**
 * Runs something while the processor may not read the payloads of these bodies. Their payloads lie in the bucket, because they are large, so
 * the processor fails for these events alone, as with a permission that is missing by mistake.
 * @param bodies as they are sent
 */
export async function withUnreadablePayloads<T>(
  { pipeline, clients }: { pipeline: LocalPipeline; clients: Clients },
  source: string,
  bodies: readonly Buffer[],
  run: () => Promise<T>,
): Promise<T> {
  const { processFunctionName, payloadBucketName } = pipeline.outputs;
  const { Role } = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: processFunctionName }));
  const names = { RoleName: Role!.split("/").at(-1)!, PolicyName: `send-fail-${randomBytes(4).toString("hex")}` };
  // The last part of an object's key is the digest of the body (handlers/payload/payload.ts).
  const Resource = bodies.map((body) => `arn:aws:s3:::${payloadBucketName}/${source}/*/${sha256(body)}`);
  const Statement = [{ Effect: "Deny", Action: "s3:GetObject", Resource }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  let denying: Promise<unknown> = Promise.resolve();
  const allow = async () => {
    // Deleted before it is written, the denial would stay.
    await denying.catch(() => undefined);
    await clients.iam.send(new DeleteRolePolicyCommand(names));
  };
  const forget = onInterruption(allow);
  try {
    denying = clients.iam.send(new PutRolePolicyCommand({ ...names, PolicyDocument }));
    await denying;
    return await run();
  } finally {
    forget();
    await allow().catch(() => {
      throw new UserError("The local AWS does not answer, so the processor may still not read the payload. Start the run again.");
    });
  }
}

const sha256 = (body: Buffer) => createHash("sha256").update(body).digest("hex");

/** Waits until an event is FAILED. @returns its error @throws UserError if it is not FAILED in time */
export async function untilFailed(
  { pipeline, clients }: { pipeline: LocalPipeline; clients: Clients },
  transactionId: string,
): Promise<string> {
  const deadline = Date.now() + failTimeoutMs;
  let status: string | undefined;
  while (Date.now() < deadline) {
    const Key = { [Attribute.transactionId]: { S: transactionId } };
    const { Item } = await clients.dynamodb.send(new GetItemCommand({ TableName: pipeline.outputs.tableName, Key, ConsistentRead: true }));
    status = Item?.[Attribute.status]?.S;
    if (status === Status.failed) return Item![Attribute.error]?.S ?? "";
    if (status === Status.processed) break;
    await sleep(lookEveryMs);
  }
  throw new UserError(`${transactionId} is ${status}, but should be FAILED. See "npx webhook-pipeline events show ${transactionId}".`);
}
