import { randomEnding } from "../domain/names";
import { knownTypes } from "./types";
import type { KnownType } from "./types/resourceType";

/** Names that an account and region, or a scope, has only once, by type token. */
export const uniqueNames: ReadonlyMap<string, KnownType & { uniqueName: string }> = new Map(
  knownTypes.flatMap((type) => (type.uniqueName ? [[type.token, { ...type, uniqueName: type.uniqueName }] as const] : [])),
);

/** Inputs that hold a physical name, unique or not, by type token. */
export const nameInputs: Readonly<Record<string, string>> = Object.fromEntries(
  knownTypes.flatMap(({ token, uniqueName, sharedName }) => [[token, uniqueName ?? sharedName ?? ""]]).filter(([, input]) => input),
);

/**
 * Returns the name that Pulumi makes of the logical one, or the provider of a prefix; `undefined` where the program gives a name.
 * @param digits random hexadecimal digits, seven or more
 */
export function generatedName(type: string, inputs: Readonly<Record<string, unknown>>, name: string, digits: string): string | undefined {
  if (uniqueNames.get(type)?.uniqueName !== "name" || inputs.name !== undefined) return undefined;
  const stem = typeof inputs.namePrefix === "string" ? inputs.namePrefix : `${name}-`;
  return `${stem}${digits.slice(0, randomEnding.digits)}${String(inputs.fifoQueue) === "true" ? ".fifo" : ""}`;
}

/** Returns whether Pulumi made a name of the logical one: a resource that is created again gets another. */
export function isGeneratedName(given: string, logicalName: string): boolean {
  return given.startsWith(logicalName) && endsAtRandom.test(given.slice(logicalName.length));
}
const endsAtRandom = new RegExp(`^-[0-9a-f]{${randomEnding.digits}}$`);
