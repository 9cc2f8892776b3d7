import type { ComponentChildren } from "preact";
import { commandFor } from "./command";
import { useShared } from "./context";
import { printable } from "../cli/lib/printable";
import type { Query } from "./client";

interface CopyButtonProps {
  /** What is copied. */
  text: string;
  children: ComponentChildren;
  class?: string;
  label?: string;
  /** Says what the text does; it follows in the tooltip. */
  title?: string;
}

/** Copies a text, and shows it: one who may not use the clipboard can select it there. */
export function CopyButton({ text, children, class: className = "", label, title }: CopyButtonProps) {
  const { say } = useShared();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say(`Copied: ${printable(text)}`),
      () => say(`The browser did not let the page copy. Select it here: ${printable(text)}`),
    );
  return (
    <button
      type="button"
      class={className}
      title={title === undefined ? printable(text) : `${title}\n${printable(text)}`}
      aria-label={label}
      onClick={() => void copy()}
    >
      {children}
    </button>
  );
}

interface CommandButtonProps {
  /** Words of the command, after the program's name. */
  words: readonly string[];
  options?: Query;
}

/** Copies the command that does the same as what is shown. */
export function CommandButton({ words, options }: CommandButtonProps) {
  const { session } = useShared();
  return (
    <CopyButton text={commandFor(session, words, options)} class="command">
      <span aria-hidden="true">›_</span> Copy as command
    </CopyButton>
  );
}

/** Shows a command in the text, to be copied by a click. */
export function Command({ words, options }: CommandButtonProps) {
  const { session } = useShared();
  const line = commandFor(session, words, options);
  return (
    <CopyButton text={line} class="inline-command" label={`Copy ${line}`}>
      <code>{line}</code>
    </CopyButton>
  );
}
