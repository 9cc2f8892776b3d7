import { createHash } from "node:crypto";

/** A type that rules know. */
export interface KnownType {
  /** Pulumi's name of the type, such as `aws:sqs/queue:Queue`. */
  token: string;
  /** The input that holds a name that an account and region, or a scope, has only once. */
  uniqueName?: string;
  /** The input that holds a name that several may have. */
  sharedName?: string;
  /** The input that names the scope, and the scope if that input is missing. */
  nameScope?: readonly [input: string, byDefault: string];
  /** AWS's error for a name that is taken. Missing: AWS then updates the resource that exists, or returns it (alarms, dashboards, rules, metric
   * filters, topics, and queues of the same attributes). */
  awsError?: string;
}

/** A type that the program creates: all that the graph's tools know of it. */
export interface ResourceType extends KnownType {
  /**
   * Returns the ID and the outputs that AWS computes, in AWS's form. A missing output would be known and undefined, which `jsonStringify`
   * drops silently.
   */
  outputs(inputs: Inputs, region: string, logicalName: string): Outputs;
  /** Inputs whose change replaces the resource: those that the AWS provider marks as ForceNew. `*`: every input. `undefined`: only a preview
   * can tell. @see https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service */
  replacedBy: readonly string[] | undefined;
  /**
   * - `priced`: in the bill, by the resource, by what it holds, or by how often it is used (tools/cost/model.ts).
   * - `free`: a setting of another resource, or given away by AWS.
   * - `negligible`: paid by the request, of which there are few: dead letters, alerts, a run of the reconciler each minute.
   */
  cost: "priced" | "free" | "negligible";
  /** Set where events, messages, credentials or logs are lost with the resource, or the key that encrypts them. */
  holdsData?: true;
}

export type Inputs = Record<string, string>;
export interface Outputs {
  id: string;
  [output: string]: unknown;
}

/** The account of every mocked resource. */
export const mockAccount = "123456789012";

export function arn(service: string, region: string, resource: string): string {
  return `arn:aws:${service}:${region}:${mockAccount}:${resource}`;
}

/** Stands for what AWS would number itself; the same for the same name. */
export function pseudoId(name: string, length: number): string {
  return createHash("sha256").update(name).digest("hex").slice(0, length);
}

export function pseudoUuid(name: string): string {
  return pseudoId(name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Describes a type whose ID is one of its inputs, and that computes nothing else. */
export const idFrom = (input: string) => (inputs: Inputs) => ({ id: inputs[input] });

/** Describes a type whose ID is its name, at the end of its ARN. */
export const idFromName =
  (service: string, prefix = "") =>
  ({ name }: Inputs, region: string) => ({ id: name, arn: arn(service, region, prefix + name) });

/** Describes a type whose ID is its ARN, which ends in its name. */
export const idFromArn =
  (service: string, prefix = "") =>
  ({ name }: Inputs, region: string) =>
    withArn(arn(service, region, prefix + name));

/** Makes the row of a type: its token, what is known of it, and what AWS computes for it. */
export function row<Token extends string>(token: Token, facts: Omit<ResourceType, "token" | "outputs">, outputs: ResourceType["outputs"]) {
  return { token, outputs, ...facts };
}

/** Makes the row of a type that costs nothing and whose names may repeat, if it has any. */
export function freeRow<Token extends string>(token: Token, replacedBy: readonly string[], outputs: ResourceType["outputs"]) {
  return row(token, { cost: "free", replacedBy }, outputs);
}

/** Returns the outputs of a resource whose ID is its ARN. */
export const withArn = (own: string) => ({ id: own, arn: own });
