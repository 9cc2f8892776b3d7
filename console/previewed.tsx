import type { Waiting } from "../domain/stuck";
import { EventLink, Status, TableBox, Text } from "./parts";

/** An event of a preview. */
export interface PreviewedEvent extends Waiting {
  transactionId: string;
  status?: string;
  error?: string;
  /** When it became PROCESSED or FAILED, as far as the page knows. */
  finishedAt?: string;
}

/** Lists the events of a preview or a report. */
export function PreviewedEvents({ label, events }: { label: string; events: readonly PreviewedEvent[] }) {
  return (
    <TableBox label={label} tall>
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
              <td class="fill">{error === undefined ? "" : <Text text={error} class="cut bad" />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
