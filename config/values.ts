import { z } from "zod";

/*
 * Schemas for the values of configuration keys. Each error message states only what is allowed; config/problems.ts builds the sentence.
 */

/** Accepts whole numbers from `minimum` to `maximum`, both included. */
export function integer(minimum: number, maximum: number, unit: string) {
  const error = `a whole number of ${unit} from ${minimum.toLocaleString("en")} to ${maximum.toLocaleString("en")}`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error }).meta({ allowed: error });
}

/** Accepts one of these texts. */
export function choice<const T extends readonly [string, string, ...string[]]>(values: T) {
  const error = values.length > 2 ? values.join(", ") : values.join(" or ");
  return z.enum(values, { error }).meta({ allowed: error });
}

/** Accepts true and false. */
export function flag() {
  const error = "true or false";
  return z.boolean({ error }).meta({ allowed: error });
}

/** Accepts strings that match a pattern. */
export function text(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error, abort: true }).meta({ allowed: error });
}

/** Accepts lists, empty ones too. */
export function list<T extends z.ZodType>(element: T, error: string) {
  return z.array(element, { error }).meta({ allowed: error });
}

/** Accepts objects with only these keys. The message for an unknown key lists the allowed ones. */
export function object<T extends z.core.$ZodLooseShape>(shape: T, what: string) {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? keys : `${what} with the keys ${keys}`) });
}

/** Creates an issue for values that contradict each other. The message continues a sentence that begins with the place. */
export function contradiction(path: (string | number)[], message: string) {
  return { code: "custom", path, message, params: { contradiction: true } } as const;
}
