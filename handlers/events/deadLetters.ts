import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { DeadLetter } from "../../domain/processing";
import { Variable } from "../../domain/variables";
import { clientOptions } from "../aws/clientOptions";
import { abortAtDeadline } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";
import { withTracing } from "../aws/tracing";

/** Separate from the other clients, so that functions without dead letters do not load it. */
export const sqs = withTracing(new SQSClient(clientOptions));

export async function sendDeadLetter(deadLetter: DeadLetter): Promise<void> {
  const MessageBody = JSON.stringify(deadLetter);
  await sqs.send(new SendMessageCommand({ QueueUrl: requiredVariable(Variable.deadLetterQueueUrl), MessageBody }), abortAtDeadline());
}
