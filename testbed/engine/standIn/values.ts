import { isDeepStrictEqual } from "node:util";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** How the engine's protocol marks what is special in a value. @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
/** Stands for a string that is known only after deployment. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Where a bridged provider notes which inputs it chose itself.
 * @see https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/schema.go */
export const defaults = "__defaults";

export type Properties = Record<string, unknown>;

/** Returns a value without the wrapping of its secrets; of an asset or archive, its hash alone. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Properties;
  if (fields[signature] === secretSignature) return plain(fields.value);
  if (signature in fields && "hash" in fields) return fields.hash;
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, plain(inner)]));
}

/** Names of the inputs that differ, secrets and assets compared by what is in them. */
export function changedInputs(before: Properties, after: Properties): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => name !== defaults && !isDeepStrictEqual(plain(before[name]), plain(after[name])));
}

export const toProperties = (struct?: Struct): Properties => (struct?.toJavaScript() ?? {}) as Properties;
export const toStruct = (properties: Properties): Struct => Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
