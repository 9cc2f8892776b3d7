import type { ComponentChildren } from "preact";
import type { Overview } from "../cli/console/api";
import type { ListedEvent } from "../cli/events/listed";
import { Latency, MinutesTable, Throughput } from "./charts";
import { CommandButton } from "./copy";
import { useShared } from "./context";
import { DestinationsTable } from "./destinationsTable";
import { printable } from "../cli/lib/printable";
import { inCount, inNumber, plural } from "./format";
import { useAnswer, useRefresh } from "./load";
import { NothingYet } from "./nothingYet";
import { Age, EventLink, EventsOf, ProblemBox, Section, Skeleton, Status, TableBox, Text, Time } from "./parts";
import { eventHref, eventsHref } from "./router";
import { MissingNote } from "./missingNote";

/** Shows first what needs someone: failed events, and the one that waits longest. */
export function OverviewView() {
  const { answer, problem, reload } = useAnswer("/api/overview");
  useRefresh(reload);
  return (
    <>
      <div class="view-head">
        <h1>Overview</h1>
        <CommandButton words={["events", "stats"]} />
      </div>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {answer ? <Parts overview={answer} /> : !problem && <Loading />}
    </>
  );
}

/** As high as what comes, so that nothing moves. */
function Loading() {
  return (
    <>
      <div class="numbers">
        {["Failed", "Waiting longest", "Last hour", "Dead letters"].map((name) => (
          <div class="number-card" key={name}>
            <span class="number-name">{name}</span>
            <span class="number-value">&nbsp;</span>
            <span class="muted small">&nbsp;</span>
          </div>
        ))}
      </div>
      <Skeleton rows={14} />
    </>
  );
}

function Parts({ overview }: { overview: Overview }) {
  const { newestFailed, minutes, destinations, sources } = overview;
  const isEmpty = overview.lastHour.count === 0 && overview.failed.count === 0 && sources.every(({ last }) => last === null);
  return (
    <>
      <Numbers overview={overview} />
      <MissingNote missing={overview.missing} />
      {isEmpty && <NothingYet />}
      {newestFailed.length > 0 && <NewestFailed events={newestFailed} />}
      <Section title="Last hour" class="hour">
        <div class="charts">
          <div>
            <h3>Events a minute</h3>
            <Throughput data={minutes} />
          </div>
          <div>
            <h3>Time to process</h3>
            <Latency data={minutes} />
          </div>
        </div>
        <MinutesTable data={minutes} />
      </Section>
      {destinations && destinations.length > 0 && (
        <Section title="Destinations" aside={<a href="/destinations">All destinations</a>}>
          <DestinationsTable destinations={destinations} />
        </Section>
      )}
      <Section title="Sources" aside={<a href="/sources">All sources</a>}>
        <SourcesTable sources={sources} recent={overview.recent} />
      </Section>
    </>
  );
}

function Numbers({ overview }: { overview: Overview }) {
  const { failed, oldestWaiting, waiting, lastHour, deadLetters } = overview;
  return (
    <div class="numbers">
      <NumberCard name="Failed" value={inCount(failed)} href="/failures" isBad={failed.count > 0}>
        {failed.count > 0 ? "See the reasons, and redrive" : "Nothing has failed"}
      </NumberCard>
      <NumberCard
        name="Waiting longest"
        value={oldestWaiting ? <Age at={oldestWaiting.receivedAt} /> : "–"}
        href={oldestWaiting ? eventHref(oldestWaiting.transactionId) : eventsHref({ status: "RECEIVED" })}
      >
        {oldestWaiting ? `${inCount(waiting)} open; ${printable(oldestWaiting.transactionId)}` : "No event waits"}
      </NumberCard>
      <NumberCard name="Last hour" value={inCount(lastHour)} href={eventsHref({ since: "1h" })}>
        events received
      </NumberCard>
      <NumberCard
        name="Dead letters"
        value={deadLetters === null ? "–" : inNumber(deadLetters)}
        href="/failures"
        isBad={deadLetters !== null && deadLetters > 0}
      >
        {deadLetters === null ? "Not known" : deadLetters > 0 ? "A redrive removes them" : "The queue is empty"}
      </NumberCard>
    </div>
  );
}

interface NumberCardProps {
  name: string;
  value: ComponentChildren;
  href: string;
  isBad?: boolean;
  children: ComponentChildren;
}

function NumberCard({ name, value, href, isBad = false, children }: NumberCardProps) {
  return (
    <a class={isBad ? "number-card is-bad" : "number-card"} href={href}>
      <span class="number-name">{name}</span>
      <span class="number-value">{value}</span>
      <span class="muted small cut">{children}</span>
    </a>
  );
}

function NewestFailed({ events }: { events: readonly ListedEvent[] }) {
  const { clock } = useShared();
  return (
    <Section title="Newest failed events" aside={<a href="/failures">All failures</a>}>
      <TableBox label="Newest failed events">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">Status</th>
              <th scope="col">Event</th>
              <th scope="col">Received ({clock})</th>
              <th scope="col">Error</th>
              <th scope="col" class="number">
                Age
              </th>
            </tr>
          </thead>
          <tbody>
            {events.map(({ transactionId, status, receivedAt, error }) => (
              <tr key={transactionId} data-row={transactionId} class="opens">
                <td>
                  <Status status={status} />
                </td>
                <td>
                  <EventLink id={transactionId} />
                </td>
                <td>
                  <Time at={receivedAt} />
                </td>
                <td class="fill">
                  <Text text={error ?? ""} class="cut bad" />
                </td>
                <td class="number">
                  <Age at={receivedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </Section>
  );
}

function SourcesTable({ sources, recent }: Pick<Overview, "sources" | "recent">) {
  const none = recent.capped ? `none among the newest ${plural(recent.count, "event")}` : "none yet";
  return (
    <TableBox label="Sources">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Last event</th>
            <th scope="col">Type</th>
            <th scope="col">Status</th>
            <th scope="col" class="number">
              Age
            </th>
            <th scope="col">Events</th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ name, last }) => (
            <tr key={name} data-row={last?.transactionId} class={last ? "opens" : ""}>
              <th scope="row">{printable(name)}</th>
              <td>{last ? <EventLink id={last.transactionId} /> : <span class="muted">{none}</span>}</td>
              <td>{last && <Text text={last.eventType} />}</td>
              <td>{last && <Status status={last.status} />}</td>
              <td class="number">{last && <Age at={last.receivedAt} />}</td>
              <td>
                <EventsOf source={name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
