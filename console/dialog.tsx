import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
  /** Something goes on in it, whose result would be lost: it cannot be closed. */
  isBusy?: boolean;
}

/** A native dialog that is open as long as it is rendered. Escape closes it, and the focus returns to where it was. */
export function Dialog({ title, onClose, children, wide = false, isBusy = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  // Before the next key, which is meant for the dialog.
  useLayoutEffect(() => element.current!.showModal(), []);
  useEffect(() => {
    if (!isBusy) return;
    // The button that began it is not there any more.
    element.current!.focus();
    // A browser lets the second Escape pass the event `cancel`, so the key itself is held.
    const hold = (event: KeyboardEvent) => event.key === "Escape" && event.preventDefault();
    document.addEventListener("keydown", hold, true);
    return () => document.removeEventListener("keydown", hold, true);
  }, [isBusy]);
  return (
    <dialog ref={element} class={wide ? "wide" : ""} aria-label={title} tabIndex={-1} onClose={onClose}>
      <header class="dialog-head">
        <h2>{title}</h2>
        <button type="button" class="quiet" aria-label="Close" disabled={isBusy} onClick={closeDialog}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** Closes the dialog in which a button was pressed. */
export function closeDialog(event: { currentTarget: EventTarget | null }): void {
  (event.currentTarget as Element).closest("dialog")?.close();
}
