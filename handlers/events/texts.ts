/** Control characters, which a terminal would obey, halves of characters, which no service of AWS takes, and two that no message of SQS holds: an
 * event of such an id could have no dead letter. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const unusable = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/** Longest account and references that are stored or published, longer than any provider's. */
export const longestAccount = 128;
export const longestReference = 512;

/** Whether a text from outside may be a key, be published and be shown. */
export function isUsable(text: string, longest: number): boolean {
  return text.length <= longest && !unusable.test(text);
}

/** A text of lesser weight than an id: the event counts without one that cannot be used. */
export function usable(text: string | undefined, longest: number): string | undefined {
  return text !== undefined && isUsable(text, longest) ? text : undefined;
}
