import type { GraphResource } from "../graph/resource";
import { fields } from "./graph";
import { Type } from "../graph/types";

/** The tags of a resource; of a provider, those that it gives to everything. */
export function tagsOf({ type, inputs }: GraphResource): Record<string, unknown> {
  return fields(type === Type.provider ? fields(parsed(inputs.defaultTags)).tags : inputs.tags);
}

/** A provider's settings are texts: objects among them are JSON. */
function parsed(value: unknown): unknown {
  try {
    return typeof value === "string" ? JSON.parse(value) : value;
  } catch {
    return undefined;
  }
}
