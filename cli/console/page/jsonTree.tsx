import { useState } from "preact/hooks";
import { plural, printable } from "./format";
import { WrittenNumber } from "./json";

/** Entries that are shown at first, and more at each press. */
const entriesAtOnce = 100;
/** Levels that are open at first. */
const openLevels = 2;

/** Shows JSON as a tree. Only what is open is rendered, so that a large one is there at once. */
export function JsonTree({ value, name, level = 0 }: { value: unknown; name?: string; level?: number }) {
  const [isOpen, setOpen] = useState(level < openLevels);
  const label = name === undefined ? null : <span class="json-name">{printable(name)}: </span>;
  if (typeof value !== "object" || value === null || value instanceof WrittenNumber) {
    return (
      <div class="json-leaf">
        {label}
        <Leaf value={value} />
      </div>
    );
  }
  const entries = Object.entries(value);
  const sum = Array.isArray(value) ? `[${plural(entries.length, "item")}]` : `{${plural(entries.length, "field")}}`;
  return (
    <details class="json" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span class="muted">{sum}</span>
      </summary>
      {isOpen && <Entries entries={entries} level={level + 1} />}
    </details>
  );
}

function Entries({ entries, level }: { entries: readonly (readonly [string, unknown])[]; level: number }) {
  const [shown, setShown] = useState(entriesAtOnce);
  return (
    <div class="json-entries">
      {entries.slice(0, shown).map(([name, value]) => (
        <JsonTree key={name} name={name} value={value} level={level} />
      ))}
      {shown < entries.length && (
        <button type="button" onClick={() => setShown(shown + entriesAtOnce)}>
          Show more: {plural(entries.length - shown, "entry", "entries")}
        </button>
      )}
    </div>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === "string") return <span class="json-text">"{printable(value)}"</span>;
  return <span class="json-literal">{value instanceof WrittenNumber ? value.source : String(value)}</span>;
}
