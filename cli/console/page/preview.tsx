import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { act, type ActionName, type Progress } from "./actions";
import { CommandButton } from "./copy";
import { useShared } from "./context";
import { closeDialog, Dialog } from "./dialog";
import { plural } from "./format";
import { DoneReport } from "./previewDone";
import { EventLink, ReadOnlyNote, Status, TableBox, Text } from "./parts";

/** An event of a preview. */
export interface PreviewedEvent {
  transactionId: string;
  status?: string;
  error?: string;
}

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
  const element = state ? <Preview {...state} onClose={() => setState(undefined)} /> : null;
  return [element, (asked, onDone) => setState({ asked, onDone })];
}

/** How a redrive, a replay and a redelivery differ. `only` is the status of the events that it takes. */
const meanings = {
  redrive: { verb: "Redrive", only: "FAILED", says: "Each FAILED event is processed again, and its dead letter is removed." },
  replay: { verb: "Replay", only: "PROCESSED", says: "Each PROCESSED event is published again, to every rule of the event bus." },
  redeliver: { verb: "Redeliver", only: undefined, says: "Each event is sent to the destination again, also if it was delivered before." },
} as const;

/** Lists exactly what an action would be done to, does it when that is confirmed, and says what was done and what was left, and why. */
function Preview({ asked, onDone, onClose }: { asked: Asked; onDone?: () => void; onClose: () => void }) {
  const { session, client } = useShared();
  const { action, events } = asked;
  const { verb, only, says } = meanings[action];
  const [destination, setDestination] = useState(asked.destination ?? session.destinations[0]?.name ?? "");
  const [progress, setProgress] = useState<Progress>();
  const ids = events.map(({ transactionId }) => transactionId);
  const close = useRef<HTMLButtonElement>(null);
  const isOver = progress?.isOver ?? false;
  useEffect(() => close.current?.focus(), [isOver]);
  const run = async () => {
    for await (const next of act(client, action, destination, ids)) setProgress(next);
    onDone?.();
  };
  const title = `${verb} ${plural(events.length, "event")}`;
  const words = action === "redeliver" ? ["destinations", "redeliver", destination, ...ids] : ["events", action, ...ids];
  if (progress) {
    return (
      <Dialog title={title} onClose={onClose} wide>
        <DoneReport verb={verb} progress={progress} total={ids.length} />
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
      {action === "redeliver" && asked.destination === undefined && <DestinationChoice value={destination} onChange={setDestination} />}
      {only !== undefined && <OthersNote events={events} only={only} />}
      <Previewed events={events} />
      <ReadOnlyNote />
      <footer class="dialog-foot">
        <CommandButton words={words} />
        <button type="button" onClick={closeDialog}>
          Cancel
        </button>
        <button type="button" class="main" autofocus disabled={!session.canWrite} onClick={() => void run()}>
          {action === "redeliver" ? `${title} to ${destination}` : title}
        </button>
      </footer>
    </Dialog>
  );
}

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

function OthersNote({ events, only }: { events: readonly PreviewedEvent[]; only: string }) {
  const others = events.filter(({ status }) => status !== undefined && status !== only).length;
  if (others === 0) return null;
  return (
    <p class="notice">
      {plural(others, "event")} of these {others === 1 ? "is" : "are"} not {only} and will be left as {others === 1 ? "it is" : "they are"}.
    </p>
  );
}

function Previewed({ events }: { events: readonly PreviewedEvent[] }) {
  return (
    <TableBox label="Events of this action" tall>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Status</th>
            <th scope="col">Error</th>
          </tr>
        </thead>
        <tbody>
          {events.map(({ transactionId, status, error }) => (
            <tr key={transactionId}>
              <td>
                <EventLink id={transactionId} />
              </td>
              <td>{status === undefined ? "" : <Status status={status} />}</td>
              <td>{error === undefined ? "" : <Text text={error} class="cut cut-long" />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
