import { randomEnding } from "../../domain/names";
import { knownTypes } from "./types";
import type { KnownType } from "./types/resourceType";

/** Types whose names must be unique in an account and region, or in a scope, by type token. */
export const uniqueNames: ReadonlyMap<string, KnownType & { uniqueName: string }> = new Map(
  knownTypes.flatMap((type) => (type.uniqueName ? [[type.token, { ...type, uniqueName: type.uniqueName }] as const] : [])),
);

/** Inputs with a physical name, unique or not, by type token. */
export const nameInputByType: Readonly<Record<string, string>> = Object.fromEntries(
  knownTypes.flatMap(({ token, uniqueName, sharedName }) => [[token, uniqueName ?? sharedName ?? ""]]).filter(([, input]) => input),
);

/**
 * Returns the name that Pulumi generates from the logical name, or the provider from a prefix; `undefined` if the program sets a name.
 * @param digits at least seven random hexadecimal digits
 */
export function generatedName(type: string, inputs: Readonly<Record<string, unknown>>, name: string, digits: string): string | undefined {
  if (uniqueNames.get(type)?.uniqueName !== "name" || inputs.name !== undefined) return undefined;
  const stem = typeof inputs.namePrefix === "string" ? inputs.namePrefix : `${name}-`;
  return `${stem}${digits.slice(0, randomEnding.digits)}${String(inputs.fifoQueue) === "true" ? ".fifo" : ""}`;
}

/** Returns whether Pulumi generated a name from the logical name. A recreated resource gets another such name. */
export function isGeneratedName(given: string, logicalName: string): boolean {
  return given.startsWith(logicalName) && endsAtRandom.test(given.slice(logicalName.length));
}
const endsAtRandom = new RegExp(`^-[0-9a-f]{${randomEnding.digits}}$`);
