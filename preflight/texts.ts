import { isKnown } from "./graph/graph";

interface Text {
  path: string;
  text: string;
}

/** Lists every text in a value with its path. Omits texts that are known only after deployment. */
export function textsOf(value: unknown): Text[] {
  const found: Text[] = [];
  collect(value, "", found);
  return found;
}

/** Adds to `found`, because each level's own list would take longer than everything else that a rule does with the texts. */
function collect(value: unknown, path: string, found: Text[]): void {
  if (typeof value === "string") {
    if (isKnown(value)) found.push({ path, text: value });
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) collect(member, path === "" ? key : `${path}.${key}`, found);
  }
}
