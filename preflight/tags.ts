import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { fields } from "./graph";
import { parseJson } from "./json";

/** Returns the tags of a resource; of a provider, whose settings are JSON texts, those that it gives to everything. */
export function tagsOf({ type, inputs }: GraphResource): Record<string, unknown> {
  return fields(type === Type.provider ? fields(parseJson(inputs.defaultTags) ?? inputs.defaultTags).tags : inputs.tags);
}
