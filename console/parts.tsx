import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import type { Problem } from "../cli/console/api";
import { NowContext, useShared } from "./context";
import { printable } from "../cli/lib/printable";
import { inAge, inFull, inShort } from "./format";
import { eventHref, eventsHref } from "./router";

/** Shows a state as a dot and a word: its shape tells it apart, too, where colors do not. */
export function State({ word, kind }: { word: string; kind: "good" | "bad" | "busy" | "waiting" | "unknown" }) {
  return (
    <span class={`state state-${kind}`}>
      <i aria-hidden="true" />
      {printable(word)}
    </span>
  );
}

const kinds = { PROCESSED: "good", DELIVERED: "good", FAILED: "bad", PROCESSING: "busy", OPEN: "busy", RECEIVED: "waiting" } as const;

/** Shows the status of an event or a delivery. */
export function Status({ status }: { status: string }) {
  return <State word={status} kind={Object.hasOwn(kinds, status) ? kinds[status as keyof typeof kinds] : "unknown"} />;
}

/** Shows a moment, in UTC or local time as the header says; the title has it in full. */
export function Time({ at, full = false }: { at: string; full?: boolean }) {
  const { clock } = useShared();
  return (
    <time dateTime={at} title={`${inFull(at, clock)} ${clock}`}>
      {full ? inFull(at, clock) : inShort(at, clock)}
    </time>
  );
}

/** Shows how long ago something was. */
export function Age({ at }: { at: string }) {
  return <>{inAge(useContext(NowContext) - Date.parse(at))}</>;
}

/** Shows text from outside on one line; what a browser would obey is written out. */
export function Text({ text, class: className = "cut" }: { text: string; class?: string }) {
  const shown = printable(text);
  return (
    <span class={className} title={shown}>
      {shown}
    </span>
  );
}

/** Links to an event. */
export function EventLink({ id }: { id: string }) {
  return (
    <a class="row-link mono cut" href={eventHref(id)} title={printable(id)}>
      {printable(id)}
    </a>
  );
}

/** Codes of problems that asking again does not end: what was typed is wrong, or the server is gone. */
const lasting = ["usage", "unreachable"];

/** Links to the list of a source's events. */
export function EventsOf({ source }: { source: string }) {
  return <a href={eventsHref({ source })}>Events of {printable(source)}</a>;
}

/** Says what went wrong, and what to do next. */
export function ProblemBox({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const { code, error, permission } = problem;
  const isLasting = lasting.includes(code);
  return (
    <div class="notice notice-bad" role="alert">
      <p>
        {!isLasting && <strong>{permission === undefined ? "This did not work. " : "A permission is missing. "}</strong>}
        {printable(error)}
      </p>
      {permission !== undefined && (
        <p>
          Missing permission: <code>{printable(permission)}</code>
        </p>
      )}
      {retry && !isLasting && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Says that there is nothing, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Contains a table that may be wider than the page: it scrolls by itself, also by keyboard. */
export function TableBox({ label, children, tall = false }: { label: string; children: ComponentChildren; tall?: boolean }) {
  return (
    <div class={tall ? "table-box tall" : "table-box"} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

/** Holds the place of what is still on its way, so that nothing moves when it comes. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div class="skeleton" aria-busy="true" aria-label="Loading" role="img">
      {Array.from({ length: rows }, (_, index) => (
        <i key={index} />
      ))}
    </div>
  );
}

interface SectionProps {
  title: string;
  /** At the right of the heading. */
  aside?: ComponentChildren;
  children: ComponentChildren;
  class?: string;
}

/** A part of a view, with a heading. */
export function Section({ title, aside, children, class: className = "" }: SectionProps) {
  return (
    <section class={`card ${className}`}>
      <header class="card-head">
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

export const readOnlyReason = "Read-only. Restart the console with --write to redrive.";

interface ActionButtonProps {
  onClick: () => void;
  children: ComponentChildren;
  /** Why it cannot be pressed, beside that the console is read-only. */
  blocked?: string | false;
  main?: boolean;
  label?: string;
}

/** A button that changes something. Where nothing may be changed, it is off and says why. */
export function ActionButton({ onClick, children, blocked = false, main = false, label }: ActionButtonProps) {
  const { session } = useShared();
  const reason = session.canWrite ? blocked || undefined : readOnlyReason;
  return (
    <button type="button" class={main ? "main" : ""} disabled={reason !== undefined} title={reason} aria-label={label} onClick={onClick}>
      {children}
    </button>
  );
}

/** Says beside the buttons why they are off. */
export function ReadOnlyNote() {
  return useShared().session.canWrite ? null : <span class="muted small">{readOnlyReason}</span>;
}

/** A list of names and values; rows without a value are left out. */
export function Facts({ rows }: { rows: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) =>
        value === undefined || value === null || value === "" ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
