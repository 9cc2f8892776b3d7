import type { EventView } from "../cli/console/api";
import { CommandButton } from "./copy";
import { printable } from "../cli/lib/printable";
import { inDuration, plural } from "./format";
import { ActionButton, Status, TableBox, Text, Time } from "./parts";
import type { OpenPreview } from "./preview";
import { destinationHref } from "./router";

type EventDelivery = EventView["deliveries"][number];

interface DeliveriesProps {
  view: EventView;
  open: OpenPreview;
  onDone: () => void;
}

/** Shows how an event's delivery to each destination went, with every attempt that is stored. */
export function Deliveries({ view, open, onDone }: DeliveriesProps) {
  const { event, deliveries, silent } = view;
  const redeliver = (destination: string) =>
    open(
      { action: "redeliver", events: [{ transactionId: event.transactionId, status: String(event.status ?? "") }], destination },
      onDone,
    );
  if (deliveries.length === 0 && silent.length === 0) {
    const why =
      event.status === "PROCESSED" ? "No destination's filter passes this event." : "Destinations get the event once it is PROCESSED.";
    return <p class="muted pad">{why}</p>;
  }
  return (
    <div class="stack-of">
      {deliveries.map((delivery) => (
        <OneDelivery key={delivery.destination} delivery={delivery} redeliver={() => redeliver(delivery.destination)} />
      ))}
      {silent.map((name) => (
        <div class="delivery" key={name}>
          <div class="delivery-head">
            <h3>
              <a href={destinationHref(name)}>{printable(name)}</a>
            </h3>
            <span class="muted">Delivered at the first attempt, or not sent yet: no failed attempt is stored.</span>
            <ActionButton onClick={() => redeliver(name)} label={`Redeliver to ${name}`}>
              Redeliver…
            </ActionButton>
          </div>
        </div>
      ))}
    </div>
  );
}

function OneDelivery({ delivery, redeliver }: { delivery: EventDelivery; redeliver: () => void }) {
  const { destination, transactionId, status, attempts, trigger, nextAt, finishedAt, error, history = [] } = delivery;
  return (
    <div class="delivery">
      <div class="delivery-head">
        <h3>
          <a href={destinationHref(destination)}>{printable(destination)}</a>
        </h3>
        <Status status={status} />
        <span class="muted">
          {plural(attempts, "attempt")}, trigger {trigger}
          {nextAt !== undefined && (
            <>
              , next <Time at={nextAt} />
            </>
          )}
          {finishedAt !== undefined && (
            <>
              , ended <Time at={finishedAt} />
            </>
          )}
        </span>
        <ActionButton onClick={redeliver} label={`Redeliver to ${destination}`}>
          Redeliver…
        </ActionButton>
        <CommandButton words={["destinations", "show", destination, transactionId]} />
      </div>
      {error !== undefined && <p class="bad">{printable(error)}</p>}
      {history.length > 0 && <Attempts history={history} destination={destination} />}
    </div>
  );
}

function Attempts({ history, destination }: { history: NonNullable<EventDelivery["history"]>; destination: string }) {
  return (
    <TableBox label={`Attempts to deliver to ${destination}`}>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col" class="number">
              Duration
            </th>
            <th scope="col">Answer or error</th>
            <th scope="col">Body of the answer</th>
          </tr>
        </thead>
        <tbody>
          {history.map(({ at, durationMs, status, error, body }) => (
            <tr key={at}>
              <td>
                <Time at={at} full />
              </td>
              <td class="number">{inDuration(durationMs)}</td>
              <td class={status !== undefined && status >= 200 && status < 300 ? "" : "bad"}>{status ?? printable(error ?? "")}</td>
              <td class="fill">{body === undefined ? "" : <Text text={body} class="cut mono" />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
