import { useState } from "preact/hooks";
import { printable } from "../cli/lib/printable";
import { plural } from "./format";
import type { Json } from "./json";

/** Entries that are shown at first, and more at each press. */
const entriesAtOnce = 100;
/** Levels that are open at first. */
const openLevels = 2;

interface JsonTreeProps {
  value: Json;
  name?: string;
  /** True if another field of the same object has this name, too. */
  isRepeated?: boolean;
  level?: number;
}

/** Shows JSON as a tree. Only what is open is rendered, so that a large one is there at once. */
export function JsonTree({ value, name, isRepeated = false, level = 0 }: JsonTreeProps) {
  const [isOpen, setOpen] = useState(level < openLevels);
  const label = name !== undefined && <Label name={name} isRepeated={isRepeated} />;
  if ("text" in value || "literal" in value) {
    return (
      <div class="json-leaf">
        {label}
        {"text" in value ? <span class="json-text">"{printable(value.text)}"</span> : <span class="json-literal">{value.literal}</span>}
      </div>
    );
  }
  const sum = "items" in value ? `[${plural(value.items.length, "item")}]` : `{${plural(value.fields.length, "field")}}`;
  return (
    <details class="json" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span class="muted">{sum}</span>
      </summary>
      {isOpen && <Entries value={value} level={level + 1} />}
    </details>
  );
}

function Label({ name, isRepeated }: { name: string; isRepeated: boolean }) {
  return (
    <span class="json-name">
      {printable(name)}
      {isRepeated && (
        <span class="json-repeated" title="The object has more than one field of this name.">
          {" "}
          repeated
        </span>
      )}
      :{" "}
    </span>
  );
}

function Entries({ value, level }: { value: Exclude<Json, { text: string } | { literal: string }>; level: number }) {
  const [shown, setShown] = useState(entriesAtOnce);
  const entries = "items" in value ? value.items.map((item, index) => [String(index), item] as const) : value.fields;
  const repeated = repeatedIn(entries.map(([name]) => name));
  return (
    <div class="json-entries">
      {entries.slice(0, shown).map(([name, item], index) => (
        <JsonTree key={index} name={name} isRepeated={repeated.has(name)} value={item} level={level} />
      ))}
      {shown < entries.length && (
        <button type="button" onClick={() => setShown(shown + entriesAtOnce)}>
          Show more: {plural(entries.length - shown, "entry", "entries")}
        </button>
      )}
    </div>
  );
}

/** Returns the names that occur more than once. */
function repeatedIn(names: readonly string[]): Set<string> {
  const [seen, repeated] = [new Set<string>(), new Set<string>()];
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  return repeated;
}
