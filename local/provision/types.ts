import type * as pulumi from "@pulumi/pulumi";
import type { Clients, LocalAws } from "../clients";

/** The AWS that a provisioner works on. */
export interface Where {
  clients: Clients;
  aws: LocalAws & { accountId: string };
  /** ID of the REST API of a kept run; its data may exist already. */
  apiId: string | undefined;
  /** URLs on this machine that get a destination's deliveries, by its name. */
  localUrls: Readonly<Record<string, string>>;
}

/** Inputs of one resource as its component passed them: untyped, as Pulumi hands them over. */
export type Inputs = pulumi.runtime.MockResourceArgs["inputs"];

/** Creates one resource and returns its ID and what AWS computed. */
export type Provisioner = (where: Where, inputs: Inputs, name: string) => Promise<{ id: string; [output: string]: unknown }>;

/** Writes inputs as most of AWS's APIs do: each key with an upper-case letter first, at every depth. */
export function capitalized(value: Inputs): Inputs {
  if (Array.isArray(value)) return value.map(capitalized);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key[0].toUpperCase() + key.slice(1), capitalized(member)]));
}

/** Creates a resource, or finds the one that a kept run has left. @throws the error of `create` if no run is kept */
export async function createOrFind<T>({ apiId }: Where, create: () => Promise<T>, find: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (apiId === undefined || !alreadyThere.includes((error as Error).name)) throw error;
    return find();
  }
}

/** Names of the errors with which AWS says that a resource exists. */
const alreadyThere = [
  "BucketAlreadyExists",
  "BucketAlreadyOwnedByYou",
  "QueueAlreadyExists",
  "QueueNameExists",
  "ResourceAlreadyExistsException",
  "ResourceExistsException",
  "ResourceInUseException",
];

/** Removes the statements that refuse plain HTTP, which the local AWS speaks on loopback. @returns `undefined` if no statement is left */
export function forPlainHttp(policy: string): string | undefined {
  const document = JSON.parse(policy) as { Statement: { Condition?: { Bool?: object } }[] };
  const Statement = document.Statement.filter(({ Condition }) => !(Condition?.Bool && "aws:SecureTransport" in Condition.Bool));
  return Statement.length > 0 ? JSON.stringify({ ...document, Statement }) : undefined;
}
