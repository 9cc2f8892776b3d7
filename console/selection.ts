import { useState } from "preact/hooks";
import type { Selection } from "./selectBox";

/** Remembers which rows are selected. */
export function useSelection(): Selection & { clear: () => void } {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const toggle = (changed: readonly string[], isSelected: boolean) => {
    const next = new Set(ids);
    for (const id of changed) {
      if (isSelected) next.add(id);
      else next.delete(id);
    }
    setIds(next);
  };
  return { ids, toggle, clear: () => setIds(new Set()) };
}
