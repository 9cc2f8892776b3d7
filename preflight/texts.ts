import { isKnown } from "./graph";

/** Returns every text in a value, and where it is; what only the deployment knows is left out. */
export function* textsOf(value: unknown, path = ""): Generator<{ path: string; text: string }> {
  if (typeof value === "string") {
    if (isKnown(value)) yield { path, text: value };
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) yield* textsOf(member, path === "" ? key : `${path}.${key}`);
  }
}
