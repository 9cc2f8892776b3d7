import type { DestinationPage, DestinationView as Destination } from "../cli/console/api";
import { CommandButton } from "./copy";
import { useShared } from "./context";
import { DestinationActions } from "./destinationActions";
import { DestinationState, PauseNote } from "./destinationsTable";
import { printable } from "../cli/lib/printable";
import { inNumber } from "./format";
import { useAnswer, useRefresh } from "./load";
import { Facts, ProblemBox, Section, Skeleton, Time } from "./parts";
import { Undelivered } from "./undelivered";

/** Shows a destination: its state, its settings, and what is undelivered. */
export function DestinationView({ name, cursor }: { name: string; cursor: string | undefined }) {
  const { answer, problem, reload } = useAnswer("/api/destination", { name, cursor });
  useRefresh(reload);
  return (
    <>
      <div class="view-head">
        <nav class="crumbs" aria-label="Path">
          <a href="/destinations">Destinations</a>
        </nav>
        <h1>{printable(name)}</h1>
        <CommandButton words={["destinations", "show", name]} options={{ cursor }} />
      </div>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {answer ? <Details page={answer} cursor={cursor} reload={reload} /> : !problem && <Skeleton rows={10} />}
    </>
  );
}

function Details({ page, cursor, reload }: { page: DestinationPage; cursor: string | undefined; reload: () => void }) {
  const { destination } = page;
  return (
    <>
      <DestinationActions destination={destination} reload={reload} />
      {destination.paused && (
        <p class="notice">
          This destination is <PauseNote paused={destination.paused} />. Its events wait.
        </p>
      )}
      <div class="columns">
        <Section title="State">
          <StateFacts destination={destination} />
        </Section>
        <Section title="Settings">
          <Settings settings={destination.settings} />
        </Section>
      </div>
      {destination.type === "https" ? (
        <Undelivered page={page} cursor={cursor} reload={reload} />
      ) : (
        <p class="muted">Consumers poll its queue: this pipeline does not deliver, so there are no attempts.</p>
      )}
    </>
  );
}

function StateFacts({ destination }: { destination: Destination }) {
  const { state, type, waiting, inFlight, deadLetters, oldestUndelivered } = destination;
  const { session } = useShared();
  return (
    <Facts
      rows={[
        ["State", <DestinationState state={state} />],
        ["Type", type],
        ["Waiting", inNumber(waiting)],
        ["In flight", inNumber(inFlight)],
        ["Dead letters", <span class={deadLetters > 0 ? "bad" : ""}>{inNumber(deadLetters)}</span>],
        ["Oldest undelivered", oldestUndelivered !== undefined && <Time at={oldestUndelivered} full />],
        ["Event bus", session.eventBusName],
      ]}
    />
  );
}

function Settings({ settings }: Pick<Destination, "settings">) {
  const inWords = (value: unknown) =>
    Array.isArray(value) ? value.map(String).join(", ") : typeof value === "object" ? JSON.stringify(value) : String(value);
  const given = Object.entries(settings).filter(([name, value]) => name !== "type" && value !== undefined && value !== null);
  const rows = given.map(([name, value]) => [labels[name] ?? name, <span class="mono long">{printable(inWords(value))}</span>] as const);
  return <Facts rows={rows} />;
}

/** Names of settings for people. */
const labels: Readonly<Record<string, string>> = {
  url: "URL",
  payload: "Payload",
  timeoutSeconds: "Timeout (s)",
  maxConcurrency: "Deliveries at once",
  maxPerSecond: "Most a second",
  retryHours: "Retried for (h)",
  auth: "Authentication",
  kinds: "Kinds",
  sources: "Sources",
  eventTypes: "Event types",
  ruleName: "Rule",
  queueUrl: "Queue",
  deadLetterQueueUrl: "Dead-letter queue",
};
