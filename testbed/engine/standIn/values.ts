import { isDeepStrictEqual } from "node:util";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** Marker of special values in the engine's protocol. @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
/** Placeholder for a string that is known only after the deployment. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Key under which a bridged provider lists the inputs that it chose itself.
 * @see https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/schema.go */
export const defaults = "__defaults";

export type Properties = Record<string, unknown>;

/** Unwraps the secrets of a value, and replaces an asset or archive by its hash. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Properties;
  if (fields[signature] === secretSignature) return plain(fields.value);
  if (signature in fields && "hash" in fields) return fields.hash;
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, plain(inner)]));
}

/** Returns a reference to a resource, from which the program's SDK makes an object with that resource's outputs. */
export const referenceTo = (urn: string, id: string): Properties => ({ [signature]: resourceSignature, urn, id, packageVersion: "" });

/** Lists the inputs that differ. Secrets and assets are compared by content. */
export function changedInputs(before: Properties, after: Properties): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => name !== defaults && !isDeepStrictEqual(plain(before[name]), plain(after[name])));
}

export const toProperties = (struct?: Struct): Properties => (struct?.toJavaScript() ?? {}) as Properties;
export const toStruct = (properties: Properties): Struct => Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
