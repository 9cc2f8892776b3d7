import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isStuck } from "../domain/stuck";
import { act, type ActionName, type Progress } from "./actions";
import { CommandButton } from "./copy";
import { useShared } from "./context";
import { closeDialog, Dialog } from "./dialog";
import { inNumber, plural } from "./format";
import { DoneReport } from "./previewDone";
import { PreviewedEvents, type PreviewedEvent } from "./previewed";
import { NotRedelivered } from "./notRedelivered";
import { ReadOnlyNote } from "./parts";

/** What someone is about to do. */
export interface Asked {
  action: ActionName;
  events: readonly PreviewedEvent[];
  /** To redeliver to; if it is left out, the preview asks for it. */
  destination?: string;
}

/** Opens a preview. `onDone` is called when something was done. */
export type OpenPreview = (asked: Asked, onDone?: () => void) => void;

/** Returns the open preview, to be rendered, and how to open one. */
export function usePreview(): [VNode | null, OpenPreview] {
  const [state, setState] = useState<{ asked: Asked; onDone?: () => void }>();
  const open: OpenPreview = (asked, onDone) => setState({ asked, onDone });
  const close = () => setState(undefined);
  // A replay may lead to a redelivery, which is another dialog.
  const element = state ? <Preview key={state.asked.action} {...state} open={open} onClose={close} /> : null;
  return [element, open];
}

/** How a redrive, a replay and a redelivery differ. `only` says which events it takes. */
const meanings = {
  redrive: { verb: "Redrive", only: "FAILED or stuck", says: "Each of these events is processed again, and its dead letter is removed." },
  replay: { verb: "Replay", only: "PROCESSED", says: "Each PROCESSED event is published again, to every rule of the event bus." },
  redeliver: { verb: "Redeliver", only: undefined, says: "Each event is sent to the destination again, also if it was delivered before." },
} as const;

/** Tells if an action takes an event, also if its status is not known: then the server decides. */
const fits = (action: ActionName, event: PreviewedEvent, now: number): boolean =>
  action === "redeliver" ||
  event.status === undefined ||
  (action === "replay" ? event.status === "PROCESSED" : event.status === "FAILED" || isStuck(event, now));

interface PreviewProps {
  asked: Asked;
  onDone?: () => void;
  open: OpenPreview;
  onClose: () => void;
}

/** Lists exactly what an action would be done to, does it when that is confirmed, and says what was done and what was left, and why. */
function Preview({ asked, onDone, open, onClose }: PreviewProps) {
  const { session, client } = useShared();
  const { action, events } = asked;
  const { verb, only, says } = meanings[action];
  const [destination, setDestination] = useState(asked.destination ?? firstOf(session.destinations));
  const [progress, setProgress] = useState<Progress>();
  const [now] = useState(Date.now);
  const fitting = events.filter((event) => fits(action, event, now));
  const skipped = events.filter((event) => !fitting.includes(event));
  const ids = fitting.map(({ transactionId }) => transactionId);
  const close = useRef<HTMLButtonElement>(null);
  const isOver = progress?.isOver ?? false;
  const isRunning = useRef(false);
  useFocusLater(close, isOver);
  const run = async () => {
    if (isRunning.current) return;
    isRunning.current = true;
    addEventListener("beforeunload", warn);
    for await (const next of act(client, action, destination, ids)) setProgress(next);
    removeEventListener("beforeunload", warn);
    onDone?.();
  };
  const title = titleOf(verb, fitting.length, events.length);
  const words = action === "redeliver" ? ["destinations", "redeliver", destination, ...ids] : ["events", action, ...ids];
  const note = action === "replay" && fitting.length > 0 && (
    <NotRedelivered redeliver={() => open({ action: "redeliver", events: fitting })} />
  );
  if (progress) {
    return (
      <Dialog title={title} onClose={onClose} wide isBusy={!isOver}>
        <DoneReport action={action} progress={progress} events={fitting} />
        {isOver && note}
        <footer class="dialog-foot">
          <CommandButton words={words} />
          <button type="button" class="main" ref={close} disabled={!isOver} onClick={closeDialog}>
            Close
          </button>
        </footer>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} onClose={onClose} wide>
      <p>{says}</p>
      {note}
      {action === "redeliver" && asked.destination === undefined && <DestinationChoice value={destination} onChange={setDestination} />}
      {fitting.length > 0 ? <PreviewedEvents label="Events of this action" events={fitting} /> : <p>None of these events is {only}.</p>}
      {skipped.length > 0 && (
        <>
          <h3>
            {plural(skipped.length, "event")} skipped: not {only}
          </h3>
          <PreviewedEvents label="Skipped events" events={skipped} />
        </>
      )}
      <ReadOnlyNote />
      <footer class="dialog-foot">
        {fitting.length > 0 && <CommandButton words={words} />}
        <button type="button" onClick={closeDialog}>
          Cancel
        </button>
        <button type="button" class="main" autofocus disabled={!session.canWrite || fitting.length === 0} onClick={() => void run()}>
          {action === "redeliver" ? `${title} to ${destination}` : title}
        </button>
      </footer>
    </Dialog>
  );
}

/** Asks whether to leave the page: the rest of an action would not be done. */
const warn = (event: BeforeUnloadEvent) => event.preventDefault();

/** Time for which a report cannot be closed by the Enter that began the action, milliseconds. */
const reportMs = 500;

/** Moves the focus to the button that closes a report, a moment after it is there. */
function useFocusLater(button: { current: HTMLButtonElement | null }, isOver: boolean): void {
  useEffect(() => {
    if (!isOver) return;
    const timer = setTimeout(() => button.current?.focus(), reportMs);
    return () => clearTimeout(timer);
  }, [button, isOver]);
}

/** Says how many of the chosen events an action takes. */
const titleOf = (verb: string, fitting: number, all: number) =>
  fitting === all ? `${verb} ${plural(all, "event")}` : `${verb} ${inNumber(fitting)} of ${plural(all, "event")}`;

/** Returns the destination that is offered first: one that events are posted to, if there is one. */
const firstOf = (destinations: readonly { name: string; type: string }[]) =>
  (destinations.find(({ type }) => type === "https") ?? destinations[0])?.name ?? "";

function DestinationChoice({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const { session } = useShared();
  return (
    <label class="field">
      <span>Destination</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {session.destinations.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
