/**
 * Matches characters that an ID must not contain: control characters, which a terminal would obey; unpaired surrogates, which no AWS
 * service accepts; and two that no SQS message can hold, so that the event could have no dead letter.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const unusable = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/** Most characters of an account and of a reference, more than any provider's have. */
export const longestAccount = 128;
export const longestReference = 512;

/** Tells whether a text from outside can be a key, be published, and be shown. */
export function isUsable(text: string, longest: number): boolean {
  return text.length <= longest && !unusable.test(text);
}

/** Returns a text if it is usable, otherwise `undefined`. For texts that an event can do without. */
export function usable(text: string | undefined, longest: number): string | undefined {
  return text !== undefined && isUsable(text, longest) ? text : undefined;
}
