import type { DestinationView } from "../cli/console/api";
import { printable } from "../cli/lib/printable";
import { inNumber } from "./format";
import { State, TableBox, Time } from "./parts";
import { destinationHref } from "./router";

type Listed = Omit<DestinationView, "settings">;

const kinds = { delivering: "good", paused: "busy", polled: "unknown" } as const;

/** Shows the state of a destination. */
export function DestinationState({ state }: Pick<Listed, "state">) {
  return <State word={state} kind={kinds[state]} />;
}

const pausedBy: Readonly<Record<string, string>> = { breaker: "its breaker", endpoint: "its endpoint", operator: "an operator" };

/** Says who paused a destination, since when and why. */
export function PauseNote({ paused }: { paused: NonNullable<Listed["paused"]> }) {
  const { by, since, reason } = paused;
  return (
    <>
      paused by {pausedBy[by] ?? by}
      {since !== undefined && (
        <>
          {" since "}
          <Time at={since} />
        </>
      )}
      {reason !== undefined && `: ${printable(reason)}`}
    </>
  );
}

/** Lists destinations: how each is, and what waits for it. */
export function DestinationsTable({ destinations }: { destinations: readonly Listed[] }) {
  return (
    <TableBox label="Destinations">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Destination</th>
            <th scope="col">Type</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Waiting
            </th>
            <th scope="col" class="number">
              In flight
            </th>
            <th scope="col" class="number">
              Dead letters
            </th>
            <th scope="col">Oldest undelivered</th>
          </tr>
        </thead>
        <tbody>
          {destinations.map((destination) => (
            <Row key={destination.name} destination={destination} />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function Row({ destination }: { destination: Listed }) {
  const { name, type, state, waiting, inFlight, deadLetters, paused, oldestUndelivered } = destination;
  return (
    <tr data-row={name} class="opens">
      <th scope="row">
        <a class="row-link" href={destinationHref(name)}>
          {printable(name)}
        </a>
      </th>
      <td>{type}</td>
      <td>
        <DestinationState state={state} />
        {paused && (
          <span class="muted small note">
            <PauseNote paused={paused} />
          </span>
        )}
      </td>
      <td class="number">{inNumber(waiting)}</td>
      <td class="number">{inNumber(inFlight)}</td>
      <td class={deadLetters > 0 ? "number bad" : "number"}>{inNumber(deadLetters)}</td>
      <td>{oldestUndelivered === undefined ? <span class="muted">–</span> : <Time at={oldestUndelivered} />}</td>
    </tr>
  );
}
