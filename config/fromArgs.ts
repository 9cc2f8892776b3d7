import * as pulumi from "@pulumi/pulumi";
import type { PipelineArgs } from "./args";
import { checkSettings } from "./parse";
import { separateOutputs, withOutputs } from "./passedThrough";
import { shown } from "./problems";
import type { PipelineConfig } from "./schema";

/**
 * Checks the arguments of a pipeline and completes them.
 * @param name takes the place of a missing `environmentSuffix`
 * @throws InputPropertiesError with every problem at once
 */
export function configOf(name: string, args: PipelineArgs): PipelineConfig {
  const { region = regionOfStack(), ...settings } = argumentsOf(name, args);
  const { values, outputs, problems: misplaced } = separateOutputs({ region, ...settings });
  const { region: given, ...rest } = values;
  const { config, problems } = checkSettings({
    values: rest,
    region: { value: given, place: "region", hint: "Set it, or the stack's aws:region." },
    stack: pulumi.getStack(),
    fallbackSuffix: { name, owner: "component" },
  });
  const hidden = misplaced.map(({ place }) => place);
  const all = [...misplaced, ...problems.filter(({ place }) => !hidden.includes(place))];
  if (all.length === 0) return withOutputs(config, outputs);
  throw new pulumi.InputPropertiesError({
    message: `The arguments of the pipeline ${name} are invalid:\n${all.map(({ sentence }) => `  - ${sentence}`).join("\n")}`,
    errors: all.map(({ place, sentence }) => ({ propertyPath: place, reason: sentence })),
  });
}

/**
 * Returns the arguments themselves, none for `null`. A program in JavaScript can pass anything, and an output or a promise of arguments has
 * none of their keys: it would look like a pipeline with all defaults.
 * @throws InputPropertiesError unless they are an object
 */
export function argumentsOf<T extends object>(name: string, args: T | null): T {
  const given: unknown = args ?? {};
  if (typeof given === "object" && !pulumi.Output.isInstance(given) && !(given instanceof Promise) && !Array.isArray(given))
    return given as T;
  const what = pulumi.Output.isInstance(given) ? "an output" : given instanceof Promise ? "a promise" : shown(given);
  throw new pulumi.InputPropertiesError({
    message: `The arguments of the pipeline ${name} are ${what}. Allowed: an object with plain values, such as {sources: ["stripe"]}.`,
    errors: [],
  });
}

/** Returns the region that AWS's default provider uses, or "". */
function regionOfStack(): string {
  return new pulumi.Config("aws").get("region") ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? "";
}
