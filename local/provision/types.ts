import type * as pulumi from "@pulumi/pulumi";
import type { Clients, LocalAws } from "../clients";

/** What a provisioner works with: clients, and where they lead. */
export interface Where {
  clients: Clients;
  aws: LocalAws & { accountId: string };
}

/** The inputs of one resource as its component passed them: untyped, as Pulumi hands them over. */
export type Inputs = pulumi.runtime.MockResourceArgs["inputs"];

/** Makes one resource and says what AWS computed for it. */
export type Provisioner = (where: Where, inputs: Inputs, name: string) => Promise<{ id: string; [output: string]: unknown }>;

/** Writes inputs as most of AWS's APIs do: each key with an upper-case letter first, at every depth. */
export function capitalized(value: Inputs): Inputs {
  if (Array.isArray(value)) return value.map(capitalized);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key[0].toUpperCase() + key.slice(1), capitalized(member)]));
}

/** Leaves out what refuses plain HTTP, which the local AWS speaks on the loopback interface. @returns `undefined` if nothing is left */
export function forPlainHttp(policy: string): string | undefined {
  const document = JSON.parse(policy) as { Statement: { Condition?: { Bool?: object } }[] };
  const Statement = document.Statement.filter(({ Condition }) => !(Condition?.Bool && "aws:SecureTransport" in Condition.Bool));
  return Statement.length > 0 ? JSON.stringify({ ...document, Statement }) : undefined;
}
