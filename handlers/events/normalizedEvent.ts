import * as z from "zod/mini";
import { kinds, receivedSource } from "../../domain/event";

/** Schema of a normalized event, the same for every provider. The item's `normalized` holds one. */
export const normalizedEvent = z.object({
  transactionId: z.string().check(z.minLength(1)),
  source: z.string().check(z.minLength(1)),
  eventId: z.string().check(z.minLength(1)),
  eventType: z.string().check(z.minLength(1)),
  kind: z.enum(kinds),
  occurredAt: z.iso.datetime(),
  occurredAtSource: z.optional(z.literal(receivedSource)),
  amount: z.optional(
    z.object({
      /** Number of minor units of the currency. */
      value: z.int(),
      currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
      exponent: z.int().check(z.gte(0), z.lte(4)),
    }),
  ),
  test: z.boolean(),
  account: z.optional(z.string()),
  paymentReference: z.optional(z.string()),
  customerReference: z.optional(z.string()),
});
export type NormalizedEvent = z.infer<typeof normalizedEvent>;
