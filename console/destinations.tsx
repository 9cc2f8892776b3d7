import { CommandButton, CopyButton } from "./copy";
import { useShared } from "./context";
import { DestinationsTable } from "./destinationsTable";
import { useAnswer, useRefresh } from "./load";
import { Empty, ProblemBox, Skeleton } from "./parts";

const forwarding = "npm start -- --forward-to http://127.0.0.1:3000/hooks";

/** Lists the destinations. */
export function DestinationsView() {
  const { session } = useShared();
  const { answer, problem, reload } = useAnswer("/api/destinations");
  useRefresh(reload);
  return (
    <>
      <div class="view-head">
        <h1>Destinations</h1>
        <CommandButton words={["destinations", "list"]} />
      </div>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {!answer && !problem && <Skeleton rows={4} />}
      {answer && answer.destinations.length === 0 && (
        <Empty title="No destination is configured.">
          <p>
            Events are on the event bus. To have them posted to a service or put into a queue, add a destination: see docs/destinations.md.
          </p>
          {session.place === "LOCAL" && (
            <p>
              To have this run post them, signed, to a service on this machine, start it with:{" "}
              <CopyButton text={forwarding} class="inline-command" label={`Copy ${forwarding}`}>
                <code>{forwarding}</code>
              </CopyButton>
            </p>
          )}
        </Empty>
      )}
      {answer && answer.destinations.length > 0 && (
        <>
          <DestinationsTable destinations={answer.destinations} />
          <p class="muted small below">
            Waiting: messages in the queue. In flight: being sent, or waiting for the next attempt. Oldest undelivered: the first attempt of
            the oldest event that is tried again.
          </p>
        </>
      )}
    </>
  );
}
