import { z } from "zod";
import { kinds } from "../domain/event";
import { amountUnits } from "../domain/meaning";
import { choice, list, object, text } from "./values";
import { path, scalar } from "./verification";

const paths = z.union([path, list(path, "a list of paths").min(1).max(8)], { error: "a path, or a list of at most eight paths" });
const values = list(z.union([scalar, z.null()]), "a list of texts, numbers, true, false or null").max(32, {
  error: "a list of at most 32 values",
});

/** Schema of one condition. An element's conditions have none of elements themselves. */
const ofValue = z.union([object({ path, is: values }, "an object"), object({ path, isNot: values }, "an object")]);
const condition = z.union([ofValue, object({ some: path, where: list(ofValue, "a list of conditions") }, "an object")], {
  error: "an object with path and is, path and isNot, or some and where",
});
const conditions = list(condition, "a list of conditions").max(8, { error: "a list of at most eight conditions" });

const amount = object(
  {
    value: paths,
    currency: paths,
    unit: choice(amountUnits),
    less: path.optional(),
    each: path.optional(),
    where: conditions.optional(),
    negative: z.literal(true, { error: "true" }).optional(),
  },
  "an object with value, currency and unit",
);

/** Schema of `meanings`: the kind, amount and references of a described source's events. */
export const meaningsSchema = object(
  {
    payment: paths.optional(),
    customer: paths.optional(),
    exponents: z.record(z.string(), z.int().min(0).max(4), { error: "an object with a number of digits for each currency" }).optional(),
    rows: list(
      object(
        {
          types: list(text(/^[^]{1,128}$/, "an event type"), "a list of event types").min(1, {
            error: "a list of at least one event type",
          }),
          when: conditions.optional(),
          kind: choice(kinds),
          amount: amount.optional(),
          payment: paths.optional(),
          documentation: z.url({ error: "the address of a page" }),
        },
        "an object with types, kind and documentation",
      ),
      "a list of rows",
    )
      .min(1, { error: "a list of at least one row" })
      .max(64, { error: "a list of at most 64 rows" }),
  },
  "an object with rows",
);
