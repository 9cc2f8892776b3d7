import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "./problems";

/**
 * Values that no name and no number of resources depends on: they may be outputs of other resources. Each has a value that stands for an
 * output while everything else is checked.
 */
const passedThrough: Readonly<Record<string, string>> = {
  permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess",
  "alertSubscriptions.endpoint": "an output",
  "destinations.consumerRoles": "arn:aws:iam::000000000000:role/an-output",
};

/** Those that are lists: their elements may be outputs, but not the whole list, because their number is checked. */
const lists: ReadonlySet<string> = new Set(["destinations.consumerRoles"]);

/** Tells whether a value may be an output. @param path keys with dots, without the places in lists */
export const mayBeOutput = (path: string): boolean => Object.hasOwn(passedThrough, path);

type Path = readonly (string | number)[];

/** An output among the arguments, and where it was. */
interface Found {
  path: Path;
  output: pulumi.Input<string>;
}

/** Arguments without outputs, the outputs, and a problem for each output where only a plain value may be. */
export interface Separated {
  values: Record<string, unknown>;
  outputs: Found[];
  problems: Problem[];
}

/** Takes the outputs out of the arguments, so that the rest can be checked at once. */
export function separateOutputs(args: object): Separated {
  const outputs: Found[] = [];
  const problems: Problem[] = [];
  const values = visit(args, []) as Record<string, unknown>;
  return { values, outputs, problems };

  function visit(value: unknown, path: Path): unknown {
    if (pulumi.Output.isInstance(value) || value instanceof Promise) return replace(value as pulumi.Input<string>, path);
    if (Array.isArray(value)) return value.map((element, index) => visit(element, [...path, index]));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visit(inner, [...path, key])]));
  }

  function replace(output: pulumi.Input<string>, path: Path): string | undefined {
    const key = path.filter((part) => typeof part === "string").join(".");
    if (mayBeOutput(key) && (!lists.has(key) || typeof path.at(-1) === "number")) {
      outputs.push({ path, output });
      return passedThrough[key];
    }
    const place = path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
    const sentence = `${place} is an output, a secret or a promise. Allowed: a plain value, because names or the number of resources depend on it.`;
    problems.push({ place, sentence });
    return undefined;
  }
}

/** Puts outputs back to where they were. */
export function withOutputs<T>(value: T, outputs: readonly Found[]): T {
  return outputs.reduce((changed, { path, output }) => withValue(changed, path, output) as T, value);
}

function withValue(value: unknown, [key, ...rest]: Path, output: unknown): unknown {
  if (key === undefined) return output;
  const inner = withValue((value as Record<string | number, unknown>)[key], rest, output);
  return Array.isArray(value)
    ? value.map((element: unknown, index) => (index === key ? inner : element))
    : { ...(value as object), [key]: inner };
}
