import { createHmac, timingSafeEqual } from "node:crypto";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { clientOptions } from "../../handlers/aws/clientOptions";

const client = new DynamoDBClient(clientOptions);

/** A minimal receiver of Stripe's events: the HMAC, the JSON and one conditional put, without log, metric or other check. */
export async function handler({ body, headers }: APIGatewayProxyEvent): Promise<{ statusCode: number }> {
  const [, time, given] = /^t=(\d+),v1=(\w+)$/.exec(headers["stripe-signature"]!)!;
  const expected = createHmac("sha256", process.env.FLOOR_SECRET!).update(`${time}.`).update(body!).digest();
  if (!timingSafeEqual(expected, Buffer.from(given, "hex"))) return { statusCode: 401 };
  const { id, type } = JSON.parse(body!) as { id: string; type: string };
  await client.send(
    new PutItemCommand({
      TableName: process.env.EVENTS_TABLE,
      Item: {
        transaction_id: { S: `stripe#${id}` },
        status: { S: "RECEIVED" },
        event_type: { S: type },
        payload: { B: Buffer.from(body!) },
      },
      ConditionExpression: "attribute_not_exists(transaction_id)",
    }),
  );
  return { statusCode: 202 };
}
