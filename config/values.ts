import { z } from "zod";

/*
 * The schemas that keys are made of. A message says what is allowed, and nothing else: config/problems.ts makes the sentence around it.
 */

/** Accepts whole numbers within these bounds, both included. */
export function integer(minimum: number, maximum: number, unit: string) {
  const error = `a whole number of ${unit} from ${minimum.toLocaleString("en")} to ${maximum.toLocaleString("en")}`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error }).meta({ allowed: error });
}

/** Accepts one of these texts. */
export function choice<const T extends readonly [string, string, ...string[]]>(values: T) {
  const error = values.length > 2 ? `one of ${values.join(", ")}` : values.join(" or ");
  return z.enum(values, { error }).meta({ allowed: error });
}

/** Accepts true and false. */
export function flag() {
  const error = "true or false";
  return z.boolean({ error }).meta({ allowed: error });
}

/** Accepts texts that fit a pattern. */
export function text(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error, abort: true }).meta({ allowed: error });
}

/** Accepts lists, empty ones too. */
export function list<T extends z.ZodType>(element: T, error: string) {
  return z.array(element, { error }).meta({ allowed: error });
}

/** Accepts objects with these keys alone; of an unknown key, the message lists those that there are. */
export function object<T extends z.core.$ZodLooseShape>(shape: T, what: string) {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? keys : `${what} with the keys ${keys}`) });
}

/** Makes an issue of values that contradict each other: the message is the rest of a sentence that begins with the place. */
export function contradiction(path: (string | number)[], message: string) {
  return { code: "custom", path, message, params: { contradiction: true } } as const;
}
