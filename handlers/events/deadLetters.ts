import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { DeadLetter } from "../../domain/processing";
import { Variable } from "../../domain/variables";
import { abortAtDeadline } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";
import { sqs } from "../aws/sqs";

export async function sendDeadLetter(deadLetter: DeadLetter): Promise<void> {
  const MessageBody = JSON.stringify(deadLetter);
  await sqs.send(new SendMessageCommand({ QueueUrl: requiredVariable(Variable.deadLetterQueueUrl), MessageBody }), abortAtDeadline());
}
