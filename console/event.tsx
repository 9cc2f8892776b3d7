import { useContext, useEffect } from "preact/hooks";
import { isStuck } from "../domain/stuck";
import type { EventView } from "../cli/console/api";
import { CommandButton, CopyButton } from "./copy";
import { curlFor } from "./command";
import { NowContext, useFeed, useShared } from "./context";
import { Deliveries } from "./eventDeliveries";
import { printable } from "../cli/lib/printable";
import { inMajorUnits, inNumber } from "./format";
import { useKeys } from "./keys";
import { useAnswer } from "./load";
import { ActionButton, Empty, EventsOf, Facts, ProblemBox, ReadOnlyNote, Section, Skeleton, Status, Text, Time } from "./parts";
import { RunbookLink } from "./runbook";
import { PayloadSection } from "./payload";
import { usePreview, type OpenPreview } from "./preview";
import { eventHref, eventsHref } from "./router";
import { Timeline } from "./timeline";

/** Shows one event: what became of it, what it means, and what can be done. */
export function EventPage({ id }: { id: string }) {
  const { answer, problem, reload } = useAnswer("/api/event", { id });
  const change = useFeed().changed.get(id);
  // The feed says that it has changed; the details are with the server.
  useEffect(() => {
    if (change) reload();
  }, [change, reload]);
  return (
    <>
      <div class="view-head">
        <nav class="crumbs" aria-label="Path">
          <a href="/events">Events</a>
        </nav>
        <h1 class="mono long">{printable(id)}</h1>
      </div>
      {problem && <Unread id={id} problem={problem} retry={reload} />}
      {answer ? <Details view={answer} reload={reload} /> : !problem && <Skeleton rows={12} />}
    </>
  );
}

function Unread({ id, problem, retry }: { id: string; problem: { error: string; code: string }; retry: () => void }) {
  if (problem.code !== "not_found") return <ProblemBox problem={problem} retry={retry} />;
  return (
    <Empty title="There is no such event.">
      <p>
        <a href={eventsHref({ find: id })}>Find it by another ID</a>, or look under <a href="/events">Events</a>. Events expire: the
        retention is in the configuration.
      </p>
    </Empty>
  );
}

function Details({ view, reload }: { view: EventView; reload: () => void }) {
  const { event, deliveries, headers, runbook } = view;
  const now = useContext(NowContext);
  const { say } = useShared();
  const [preview, open] = usePreview();
  const status = String(event.status ?? "");
  const textOf = (value: unknown) => (value === undefined ? undefined : String(value));
  const previewed = { ...event, status, error: textOf(event.error), finishedAt: textOf(event.finishedAt) };
  const redrive = () => open({ action: "redrive", events: [previewed] }, reload);
  const blocked = !(status === "FAILED" || isStuck(event, now)) && `Only a FAILED or stuck event is redriven; this one is ${status}.`;
  useKeys({ r: () => (blocked ? say(blocked) : redrive()) });
  return (
    <>
      <Actions
        view={view}
        status={status}
        blocked={blocked}
        redrive={redrive}
        replay={() => open({ action: "replay", events: [previewed] }, reload)}
      />
      {event.error !== undefined && (
        <div class="notice notice-bad">
          <p class="mono">{printable(String(event.error))}</p>
          {runbook && (
            <p>
              <RunbookLink heading={runbook} />
            </p>
          )}
        </div>
      )}
      {event.error === undefined && runbook && (
        <p class="notice">
          <RunbookLink heading={runbook} />
        </p>
      )}
      <Section title="Timeline">
        <Timeline event={event} deliveries={deliveries} />
      </Section>
      <div class="columns">
        <Section title="Normalized">
          <Normalized event={event} />
        </Section>
        <Section title="Processing">
          <Processing view={view} />
        </Section>
      </div>
      <DeliveriesSection view={view} open={open} reload={reload} />
      <HeadersSection headers={headers} />
      <PayloadSection id={event.transactionId} />
      {preview}
    </>
  );
}

function DeliveriesSection({ view, open, reload }: { view: EventView; open: OpenPreview; reload: () => void }) {
  const { session } = useShared();
  if (session.destinations.length === 0) return null;
  return (
    <Section title="Deliveries">
      <Deliveries view={view} open={open} onDone={reload} />
    </Section>
  );
}

interface ActionsProps {
  view: EventView;
  status: string;
  /** Why it cannot be redriven. */
  blocked: string | false;
  redrive: () => void;
  replay: () => void;
}

function Actions({ view, status, blocked, redrive, replay }: ActionsProps) {
  const { session } = useShared();
  const id = view.event.transactionId;
  return (
    <div class="toolbar wrap">
      <Status status={status} />
      <ActionButton main={!blocked} onClick={redrive} blocked={blocked}>
        Redrive…
      </ActionButton>
      <ActionButton
        onClick={replay}
        blocked={status !== "PROCESSED" && `Only a PROCESSED event is published again; this one is ${status}.`}
      >
        Replay…
      </ActionButton>
      {session.canWrite ? <span class="muted small">{limitOf(status, !blocked)}</span> : <ReadOnlyNote />}
      <div class="row copies">
        <CopyButton text={id} class="quiet">
          Copy ID
        </CopyButton>
        <CopyButton text={location.origin + eventHref(id)} class="quiet">
          Copy link
        </CopyButton>
        <CommandButton words={["events", "show", id]} />
        <CopyButton
          text={curlFor(session, id, view.mediaType)}
          class="quiet"
          title="Posts the stored body, unsigned, to a service on this machine."
        >
          Copy as curl
        </CopyButton>
      </div>
    </div>
  );
}

/** Says why a button is off. */
const limitOf = (status: string, mayRedrive: boolean) =>
  mayRedrive
    ? "Replay is for a PROCESSED event."
    : status === "PROCESSED"
      ? "Redrive is for a FAILED or stuck event."
      : "Redrive is for a FAILED or stuck event, Replay for a PROCESSED one.";

function HeadersSection({ headers }: Pick<EventView, "headers">) {
  const rows = Object.entries(headers).map(([name, value]) => [printable(name), <Text text={value} class="mono long" />] as const);
  if (rows.length === 0) return null;
  return (
    <Section title="Stored headers">
      <Facts rows={rows} />
    </Section>
  );
}

function Normalized({ event }: Pick<EventView, "event">) {
  const { normalized, kind, eventType, occurredAt, occurredAtSource } = event;
  const text = (value: string | undefined) => value && <Text text={value} class="mono" />;
  return (
    <Facts
      rows={[
        ["Kind", kind ?? <span class="muted">not normalized yet</span>],
        ["Type", eventType !== undefined && printable(String(eventType))],
        ["Amount", normalized?.amount && <strong class="amount">{inMajorUnits(normalized.amount)}</strong>],
        ["Payment", text(normalized?.paymentReference)],
        ["Customer", text(normalized?.customerReference)],
        ["Account", text(normalized?.account)],
        ["Test", normalized && (normalized.test ? "yes" : "no")],
        [
          "Occurred",
          occurredAtSource === undefined && typeof occurredAt === "string" ? <Time at={occurredAt} full /> : "not stated by the event",
        ],
      ]}
    />
  );
}

function SourceFact({ name }: { name: string }) {
  return (
    <span class="row">
      {printable(name)}
      <EventsOf source={name} />
    </span>
  );
}

function Processing({ view: { event, webhookUrl } }: { view: EventView }) {
  const { session } = useShared();
  const lease =
    event.status === "PROCESSING" && typeof event.leaseUntil === "number" ? new Date(event.leaseUntil).toISOString() : undefined;
  return (
    <Facts
      rows={[
        ["Source", <SourceFact name={String(event.source ?? "")} />],
        ["Receiver URL", webhookUrl && <Text text={webhookUrl} class="mono long" />],
        ["Attempts", inNumber(Number(event.attempts ?? 0))],
        ["Requeues", inNumber(Number(event.requeues ?? 0))],
        ["Execution", event.claimedBy && <Text text={String(event.claimedBy)} class="mono long" />],
        ["Lease until", lease && <Time at={lease} full />],
        ["Published", event.status === "PROCESSED" ? `as ${event.kind} on ${session.eventBusName}` : undefined],
      ]}
    />
  );
}
