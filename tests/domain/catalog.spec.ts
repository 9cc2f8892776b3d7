import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { descriptionSchema } from "../../config/description";
import { catalogProviders, descriptionOf } from "../../domain/catalog";

const text = z.string().min(1);
/** Keys of an entry that are no part of the description. */
const facts = z.strictObject({
  title: text,
  documentation: z.url({ protocol: /^https$/ }),
  retries: text.optional(),
  timeoutSeconds: z.number().positive().optional(),
  secret: z.array(text).min(2),
  events: z.array(text).min(1).optional(),
});

/** Splits an entry into its facts and its description, to which any unknown key belongs. */
function split(entry: Record<string, unknown>) {
  const isFact = ([key]: [string, unknown]) => key in facts.shape;
  const all = Object.entries(entry);
  return [Object.fromEntries(all.filter(isFact)), Object.fromEntries(all.filter((one) => !isFact(one)))] as const;
}

describe("An entry of the catalog", () => {
  const read = (name: string) => JSON.parse(readFileSync(`domain/catalog/${name}.json`, "utf8")) as Record<string, unknown>;

  for (const name of catalogProviders)
    it(`has only known keys (${name})`, () => {
      const [about, description] = split(read(name));
      facts.parse(about);
      assert.deepEqual(descriptionSchema.parse(description), description);
      assert.deepEqual(JSON.parse(JSON.stringify(descriptionOf(name))), description, "the receiver gets every key");
    });

  for (const key of ["occuredAt", "timeoutSecond", "retry"])
    it(`has no ${key}`, () => {
      const [about, description] = split({ ...read("box"), [key]: 5 });
      facts.parse(about);
      assert.throws(() => descriptionSchema.parse(description), { name: "ZodError" });
    });
});
