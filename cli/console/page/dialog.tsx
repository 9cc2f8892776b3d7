import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
}

/** A native dialog that is open as long as it is rendered. Escape closes it, and the focus returns to where it was. */
export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  // Before the next key, which is meant for the dialog.
  useLayoutEffect(() => element.current!.showModal(), []);
  return (
    <dialog ref={element} class={wide ? "wide" : ""} aria-label={title} onClose={onClose}>
      <header class="dialog-head">
        <h2>{title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={closeDialog}>
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
