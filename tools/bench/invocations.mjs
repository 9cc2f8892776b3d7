// Events and a context as Lambda's runtime passes them to a handler.
import { readFileSync } from "node:fs";

export const readEvents = (file) => JSON.parse(readFileSync(file, "utf8"));

export const context = {
  awsRequestId: "1",
  functionName: "bench",
  invokedFunctionArn: "arn:bench",
  memoryLimitInMB: "512",
  getRemainingTimeInMillis: () => 30_000,
};
