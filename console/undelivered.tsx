import type { DestinationPage } from "../cli/console/api";
import { useShared } from "./context";
import { inNumber, plural } from "./format";
import { focusedRow, useKeys } from "./keys";
import { Pages } from "./pages";
import { ActionButton, Age, Empty, EventLink, ReadOnlyNote, Section, Status, TableBox, Text, Time } from "./parts";
import { usePreview } from "./preview";
import { destinationHref } from "./router";
import { rowClass, SelectCell } from "./selectBox";
import { useSelection } from "./selection";

type Delivery = DestinationPage["undelivered"][number];

const selectFirst = "Select the events to send again.";

/** Lists a destination's undelivered events, newest first, to be sent again. */
export function Undelivered({ page, cursor, reload }: { page: DestinationPage; cursor: string | undefined; reload: () => void }) {
  const { destination, undelivered, cursor: next } = page;
  const { name } = destination;
  const { session } = useShared();
  const selection = useSelection();
  const [preview, open] = usePreview();
  const chosen = undelivered.filter(({ transactionId }) => selection.ids.has(transactionId));
  const redeliver = (deliveries: readonly Delivery[]) => {
    // Statuses of deliveries, not of events.
    const events = deliveries.map(({ transactionId, status, error }) => ({ transactionId, status, error }));
    open({ action: "redeliver", events, destination: name }, () => {
      selection.clear();
      reload();
    });
  };
  useKeys({
    r: () => {
      const asked = chosen.length > 0 ? chosen : undelivered.filter(({ transactionId }) => transactionId === focusedRow());
      if (asked.length > 0) redeliver(asked);
    },
    x: () => {
      const id = focusedRow();
      if (id !== undefined) selection.toggle([id], !selection.ids.has(id));
    },
  });
  if (undelivered.length === 0 && cursor === undefined) {
    return (
      <Section title="Undelivered events">
        <Empty title="Every event that was sent has been delivered." />
      </Section>
    );
  }
  const aside = (
    <span class="row">
      {session.canWrite ? chosen.length === 0 && <span class="muted small">{selectFirst}</span> : <ReadOnlyNote />}
      <ActionButton onClick={() => redeliver(chosen)} blocked={chosen.length === 0 && selectFirst}>
        {chosen.length > 0 ? `Redeliver ${plural(chosen.length, "event")}…` : "Redeliver…"}
      </ActionButton>
    </span>
  );
  return (
    <Section title="Undelivered events" aside={aside}>
      <Table deliveries={undelivered} selection={selection} />
      <Pages
        isFirst={cursor === undefined}
        first={destinationHref(name)}
        next={next === null ? undefined : destinationHref(name, { cursor: next })}
      />
      {preview}
    </Section>
  );
}

function Table({ deliveries, selection }: { deliveries: readonly Delivery[]; selection: ReturnType<typeof useSelection> }) {
  const { clock } = useShared();
  return (
    <TableBox label="Undelivered events">
      <table class="list">
        <thead>
          <tr>
            <th scope="col" class="check">
              <span class="hidden">Selected</span>
            </th>
            <th scope="col">Delivery</th>
            <th scope="col">Event</th>
            <th scope="col">First attempt ({clock})</th>
            <th scope="col" class="number">
              Attempts
            </th>
            <th scope="col">Next attempt</th>
            <th scope="col" class="number">
              Age
            </th>
            <th scope="col">Error</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <Row key={delivery.transactionId} delivery={delivery} selection={selection} />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function Row({ delivery, selection }: { delivery: Delivery; selection: ReturnType<typeof useSelection> }) {
  const { transactionId, status, since, attempts, nextAt, error } = delivery;
  return (
    <tr data-row={transactionId} class={rowClass(selection.ids.has(transactionId))}>
      <SelectCell id={transactionId} selection={selection} />
      <td>
        <Status status={status} />
      </td>
      <td>
        <EventLink id={transactionId} />
      </td>
      <td>
        <Time at={since} />
      </td>
      <td class="number">{inNumber(attempts)}</td>
      <td>{nextAt === undefined ? <span class="muted">–</span> : <Time at={nextAt} />}</td>
      <td class="number">
        <Age at={since} />
      </td>
      <td class="fill">{error === undefined ? "" : <Text text={error} class="cut bad" />}</td>
    </tr>
  );
}
