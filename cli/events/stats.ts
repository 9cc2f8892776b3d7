import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { Filters } from "./filters";
import { findEvents } from "./find";
import type { Target } from "../lib/target";

/** How many events there are of each status that is asked for. */
export async function countEvents(target: Target, filters: Filters): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const status of filters.statuses) {
    counts[status] = 0;
    for await (const page of findEvents(target, { ...filters, statuses: [status] })) counts[status] += page.length;
  }
  return counts;
}

/** How many letters are in the dead-letter queue, about. */
export async function countDeadLetters({ sqs, deadLetterQueueUrl }: Target): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}
