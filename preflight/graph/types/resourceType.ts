import { createHash } from "node:crypto";

/** A resource type that preflight rules know. */
export interface KnownType {
  /** Pulumi's type token, such as `aws:sqs/queue:Queue`. */
  token: string;
  /** Input with a name that must be unique in an account and region, or in a scope. */
  uniqueName?: string;
  /** Input with a name that several resources can share. */
  sharedName?: string;
  /** Input that names the scope, and the default scope. */
  nameScope?: readonly [input: string, byDefault: string];
  /** AWS's error for a name that is taken. Missing if AWS updates or returns the existing resource instead (alarms, dashboards, rules,
   * metric filters, topics, and queues with the same attributes). */
  awsError?: string;
}

/** A resource type that the program creates, with all that the graph's tools know about it. */
export interface ResourceType extends KnownType {
  /**
   * Returns the ID and the outputs that AWS computes, in AWS's form. Give all of them: a missing output is known and undefined, and
   * `jsonStringify` drops it silently.
   */
  outputs(inputs: StringInputs, region: string, logicalName: string): Outputs;
  /** Inputs whose change replaces the resource: the AWS provider marks them as ForceNew. `*`: every input. `undefined`: only a preview
   * can tell. @see https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service */
  replacedBy: readonly string[] | undefined;
  /**
   * - `priced`: on the bill: per resource, by stored data, or by use (tools/cost/model.ts).
   * - `free`: a setting of another resource, or free of charge.
   * - `negligible`: billed per request, with few requests: dead letters, alerts, one run of the reconciler a minute.
   */
  cost: "priced" | "free" | "negligible";
  /** Set if deleting the resource loses events, messages, credentials, logs, or the key that encrypts them. */
  holdsData?: true;
}

/** A resource's inputs, as far as its ID and computed outputs depend on them: names, ARNs and other text. */
export type StringInputs = Record<string, string>;
export interface Outputs {
  id: string;
  [output: string]: unknown;
}

/** Account ID of every mocked resource. */
export const mockAccount = "123456789012";

export function arn(service: string, region: string, resource: string): string {
  return `arn:aws:${service}:${region}:${mockAccount}:${resource}`;
}

/** Makes an ID of hexadecimal digits in place of AWS's random one; the same for the same name. */
export function pseudoId(name: string, length: number): string {
  return createHash("sha256").update(name).digest("hex").slice(0, length);
}

/** Makes a UUID in place of AWS's random one; the same for the same name. */
export function pseudoUuid(name: string): string {
  return pseudoId(name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Describes a type whose ID is one of its inputs, and that computes nothing else. */
export const idFrom = (input: string) => (inputs: StringInputs) => ({ id: inputs[input] });

/** Describes a type whose ID is its name, at the end of its ARN. */
export const idFromName =
  (service: string, prefix = "") =>
  ({ name }: StringInputs, region: string) => ({ id: name, arn: arn(service, region, prefix + name) });

/** Describes a type whose ID is its ARN, which ends in its name. */
export const idFromArn =
  (service: string, prefix = "") =>
  ({ name }: StringInputs, region: string) =>
    withArn(arn(service, region, prefix + name));

/** Makes the row of a type from its token, its facts and the function of its outputs. */
export function row<Token extends string>(token: Token, facts: Omit<ResourceType, "token" | "outputs">, outputs: ResourceType["outputs"]) {
  return { token, outputs, ...facts };
}

/** Makes the row of a type that costs nothing and has no unique name. */
export function freeRow<Token extends string>(token: Token, replacedBy: readonly string[], outputs: ResourceType["outputs"]) {
  return row(token, { cost: "free", replacedBy }, outputs);
}

/** Returns the outputs of a resource whose ID is its ARN. */
export const withArn = (own: string) => ({ id: own, arn: own });
