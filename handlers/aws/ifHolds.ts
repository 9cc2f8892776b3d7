import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";

/** Makes a conditional write. @returns its result; `undefined` if its condition did not hold @throws the error of DynamoDB */
export async function ifHolds<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
