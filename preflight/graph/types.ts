import { UserError } from "../../domain/userError";
import { accessTypes } from "./types/access";
import { computeTypes } from "./types/compute";
import { dataTypes } from "./types/data";
import { foreignTypes } from "./types/foreign";
import { monitoringTypes } from "./types/monitoring";
import { networkTypes } from "./types/network";
import type { KnownType, ResourceType } from "./types/resourceType";

/**
 * Every type that the program creates. Graph, cost estimate, preflight and the engine's stand-in need one row for a new type, in the file of its
 * service. A new type also needs an entry in ci-roles/calls.ts (allowed API calls) and in local/provision/ (creation on the emulator).
 */
const ownTypes = { ...accessTypes, ...computeTypes, ...dataTypes, ...monitoringTypes, ...networkTypes };
const allTypes = { ...ownTypes, ...foreignTypes };

type Tokens = { readonly [Name in keyof typeof allTypes]: (typeof allTypes)[Name]["token"] };

/** Pulumi's type tokens by name. */
export const Type = Object.fromEntries(Object.entries(allTypes).map(([name, { token }]) => [name, token])) as Tokens;

const byToken: ReadonlyMap<string, ResourceType> = new Map(Object.values(ownTypes).map((type) => [type.token, type]));

/** Every type that the program creates or that rules know. */
export const knownTypes: readonly KnownType[] = Object.values(allTypes);

/** Finds the row of a type; `undefined` for a type that the program does not create. */
export function findType(token: string): ResourceType | undefined {
  return byToken.get(token);
}

/** Requires a row for every type except the program's own components. @throws UserError that names the types and where to add a row */
export function requireRows(resources: readonly { type: string; name: string }[]): void {
  const unknown = resources.filter(({ type }) => !byToken.has(type) && !isOwnComponent(type));
  if (unknown.length === 0) return;
  const places = new Map(unknown.map(({ type, name }) => [type, `${type} (${name})`]));
  throw new UserError(
    `Unknown resource type ${[...places.values()].join(", ")}. Add a row to the file of its service in preflight/graph/types/, as in preflight/graph/types/data.ts.`,
  );
}

/** Returns whether a type is one of the program's own components, which only group. */
export function isOwnComponent(token: string): boolean {
  return token.startsWith("webhook:");
}

/** Selects the changed inputs that replace a resource of this type. */
export function replacingInputs(token: string, changed: readonly string[]): string[] {
  const inputs = findType(token)?.replacedBy ?? [];
  return inputs.includes("*") ? [...changed] : changed.filter((input) => inputs.includes(input));
}

/** Returns whether data is lost when a resource of this type is deleted or replaced. */
export function holdsData(token: string): boolean {
  return findType(token)?.holdsData ?? false;
}
