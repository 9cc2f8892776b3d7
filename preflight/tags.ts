import type { GraphResource } from "./graph/resource";
import { Type } from "./graph/types";
import { fields } from "./graph/graph";
import { parseJson } from "./json";

/** Returns a resource's tags; for a provider, whose settings are JSON text, its default tags. */
export function tagsOf({ type, inputs }: GraphResource): Record<string, unknown> {
  return fields(type === Type.provider ? fields(parseJson(inputs.defaultTags) ?? inputs.defaultTags).tags : inputs.tags);
}
