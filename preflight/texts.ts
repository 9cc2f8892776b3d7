import { isKnown } from "./graph";

/** Yields every text in a value with its path. Omits texts that are known only after deployment. */
export function* textsOf(value: unknown, path = ""): Generator<{ path: string; text: string }> {
  if (typeof value === "string") {
    if (isKnown(value)) yield { path, text: value };
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) yield* textsOf(member, path === "" ? key : `${path}.${key}`);
  }
}
