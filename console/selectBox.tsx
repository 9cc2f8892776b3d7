import { printable } from "../cli/lib/printable";

/** The events that a person has selected, by transaction ID. */
export interface Selection {
  ids: ReadonlySet<string>;
  toggle: (ids: readonly string[], isSelected: boolean) => void;
}

/** Returns the classes of a row that a click opens. */
export const rowClass = (isSelected: boolean): string => (isSelected ? "opens selected" : "opens");

/** Selects the event of a row. */
export function SelectCell({ id, selection }: { id: string; selection: Selection }) {
  const isSelected = selection.ids.has(id);
  return (
    <td class="check">
      <input
        type="checkbox"
        checked={isSelected}
        aria-label={`Select ${printable(id)}`}
        onChange={() => selection.toggle([id], !isSelected)}
      />
    </td>
  );
}
