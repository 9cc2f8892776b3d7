import { useEffect, useRef } from "preact/hooks";

/** What the keys do, for the dialog that lists them. */
export const keys: readonly (readonly [key: string, meaning: string])[] = [
  ["/", "Find an event by any ID"],
  ["j", "Next row"],
  ["k", "Previous row"],
  ["Enter", "Open the row"],
  ["x", "Select the row"],
  ["r", "Redrive: the selected rows, else this one"],
  ["?", "Show the keys"],
  ["Esc", "Close a dialog"],
];

/** What a key does; `false` if there is nothing to do, and another part of the page may take it. */
type Handlers = Readonly<Record<string, () => void | false>>;

/** Calls a function when its key is pressed. Never while someone types, holds another key down, or a dialog is open. */
export function useKeys(handlers: Handlers): void {
  const current = useRef(handlers);
  current.current = handlers;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      const handler = Object.hasOwn(current.current, event.key) ? current.current[event.key] : undefined;
      if (!handler || document.querySelector("dialog[open]")) return;
      if (handler() !== false) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])") || target.isContentEditable;
}

/** Moves the focus to the link of the next or the previous row of the page's lists. */
export function moveRow(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("tr[data-row] a.row-link")];
  const at = links.findIndex((link) => link.closest("tr")!.contains(document.activeElement));
  const next = at === -1 ? links[0] : links[at + by];
  next?.focus();
  next?.closest("tr")!.scrollIntoView({ block: "nearest" });
}

/** Returns the ID of the row that has the focus. */
export function focusedRow(): string | undefined {
  return document.activeElement?.closest<HTMLElement>("tr[data-row]")?.dataset.row;
}
