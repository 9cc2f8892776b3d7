import { randomEnding } from "../domain/names";
import { Type } from "./types";

/** Inputs that are a name of which an account and region has only one, or one in each scope, by type. @see nameScopes */
export const uniqueNames: Readonly<Record<string, string>> = {
  [Type.bucket]: "bucket",
  [Type.cloudTrail]: "name",
  [Type.compositeAlarm]: "alarmName",
  [Type.dashboard]: "dashboardName",
  [Type.domainName]: "domainName",
  [Type.eventArchive]: "name",
  [Type.eventBus]: "name",
  [Type.eventRule]: "name",
  [Type.iamPolicy]: "name",
  [Type.logGroup]: "name",
  [Type.logMetricFilter]: "name",
  [Type.metricAlarm]: "name",
  [Type.table]: "name",
  [Type.role]: "name",
  [Type.alias]: "name",
  [Type.function]: "name",
  [Type.pipe]: "name",
  [Type.schedule]: "name",
  [Type.secret]: "name",
  [Type.stateMachine]: "name",
  [Type.topic]: "name",
  [Type.trail]: "name",
  [Type.queue]: "name",
  [Type.webAcl]: "name",
};

/** The input that says within what a name is taken, and what AWS takes where it says nothing, by type. */
export const nameScopes: Readonly<Record<string, readonly [input: string, byDefault: string]>> = {
  [Type.eventRule]: ["eventBusName", "default"],
  [Type.logMetricFilter]: ["logGroupName", ""],
  [Type.schedule]: ["groupName", "default"],
  [Type.webAcl]: ["scope", ""],
};

/** AWS's answer where a name is taken, by type. For a type that is not here, AWS takes the request as one about what is there already:
 * alarms, dashboards, rules, metric filters, topics, and queues of the same attributes. */
export const takenAnswers: Readonly<Record<string, (name: string) => string>> = {
  [Type.bucket]: () => "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it.",
  [Type.cloudTrail]: (name) => `TrailAlreadyExistsException: Trail ${name} already exists for customer: 123456789012`,
  [Type.domainName]: () => "BadRequestException: The domain name you provided already exists.",
  [Type.eventArchive]: (name) => `ResourceAlreadyExistsException: Archive ${name} already exists.`,
  [Type.eventBus]: (name) => `ResourceAlreadyExistsException: Event bus ${name} already exists.`,
  [Type.iamPolicy]: (name) => `EntityAlreadyExists: A policy called ${name} already exists. Duplicate names are not allowed.`,
  [Type.logGroup]: () => "ResourceAlreadyExistsException: The specified log group already exists",
  [Type.table]: (name) => `ResourceInUseException: Table already exists: ${name}`,
  [Type.role]: (name) => `EntityAlreadyExists: Role with name ${name} already exists.`,
  [Type.alias]: (name) => `AlreadyExistsException: An alias with the name ${name} already exists`,
  [Type.function]: (name) => `ResourceConflictException: Function already exist: ${name}`,
  [Type.pipe]: (name) => `ConflictException: Pipe ${name} already exists.`,
  [Type.schedule]: (name) => `ConflictException: Schedule ${name} already exists.`,
  [Type.secret]: (name) => `ResourceExistsException: The operation failed because the secret ${name} already exists.`,
  [Type.stateMachine]: (name) => `StateMachineAlreadyExists: State Machine Already Exists: '${name}'`,
  [Type.webAcl]: () =>
    "WAFDuplicateItemException: AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one.",
};

/** The name that Pulumi makes of the logical one, or the provider of a prefix, where the program gives none; `undefined` where it gives one.
 * @param digits of chance, so many as Pulumi takes at least */
export function generatedName(type: string, inputs: Readonly<Record<string, unknown>>, name: string, digits: string): string | undefined {
  if (uniqueNames[type] !== "name" || inputs.name !== undefined) return undefined;
  const stem = typeof inputs.namePrefix === "string" ? inputs.namePrefix : `${name}-`;
  return `${stem}${digits.slice(0, randomEnding.digits)}${String(inputs.fifoQueue) === "true" ? ".fifo" : ""}`;
}

/** Whether Pulumi made a name of the logical one: whatever it is, the next life of the resource has another. */
export function isGeneratedName(given: string, logicalName: string): boolean {
  return given.startsWith(logicalName) && endsAtRandom.test(given.slice(logicalName.length));
}
const endsAtRandom = new RegExp(`^-[0-9a-f]{${randomEnding.digits}}$`);
