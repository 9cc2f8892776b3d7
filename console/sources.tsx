import { useState } from "preact/hooks";
import type { RefusedRequest, Sources, SourceView } from "../cli/console/api";
import { Command, CommandButton, CopyButton } from "./copy";
import { useShared } from "./context";
import { printable } from "../cli/lib/printable";
import { inNumber } from "./format";
import { useAnswer, useRefresh } from "./load";
import { Empty, EventsOf, ProblemBox, Section, Skeleton, TableBox, Text, Time } from "./parts";
import { nextStepFor } from "./refusals";
import { RunbookLink } from "./runbook";
import { MissingNote } from "./missingNote";
import { SampleDialog } from "./sample";

/** Lists the sources, and the requests that were refused. */
export function SourcesView() {
  const { answer, problem, reload } = useAnswer("/api/sources");
  useRefresh(reload);
  return (
    <>
      <div class="view-head">
        <h1>Sources</h1>
        <CommandButton words={["secrets", "list"]} />
      </div>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {answer ? <Parts answer={answer} /> : !problem && <Skeleton rows={8} />}
    </>
  );
}

function Parts({ answer: { sources, refused, refusedCounts, missing } }: { answer: Sources }) {
  return (
    <>
      <MissingNote missing={missing} />
      {sources.length === 0 ? (
        <Empty title="No source is configured.">
          <p>Add one to the configuration: see docs/providers.md.</p>
        </Empty>
      ) : (
        <SourcesTable sources={sources} />
      )}
      <Section title="Refused requests" aside={<RunbookLink heading="signature-failures" />}>
        {refused && <RefusedTable refused={refused} />}
        {refusedCounts && <CountsTable counts={refusedCounts} />}
      </Section>
    </>
  );
}

function SourcesTable({ sources }: Pick<Sources, "sources">) {
  const { session } = useShared();
  const [sample, setSample] = useState<string>();
  const isLocal = session.place === "LOCAL";
  return (
    <>
      <TableBox label="Sources">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Provider</th>
              <th scope="col">URL</th>
              <th scope="col">Secrets</th>
              <th scope="col">Set a secret</th>
              {isLocal && <th scope="col">Try it</th>}
              <th scope="col">Events</th>
            </tr>
          </thead>
          <tbody>
            {sources.map((source) => (
              <SourceRow key={source.name} source={source} send={isLocal ? () => setSample(source.name) : undefined} />
            ))}
          </tbody>
        </table>
      </TableBox>
      {sample !== undefined && <SampleDialog source={sample} onClose={() => setSample(undefined)} />}
    </>
  );
}

function SourceRow({ source, send }: { source: SourceView; send?: () => void }) {
  const { name, provider, url, secrets, since, command } = source;
  return (
    <tr data-row={name}>
      <th scope="row">{printable(name)}</th>
      <td>{provider}</td>
      <td class="fill url">
        <span class="with-button">
          <Text text={url} class="long mono" />
          <CopyButton text={url} class="small-button" label={`Copy the URL of ${name}`}>
            Copy
          </CopyButton>
        </span>
      </td>
      <td>
        <SecretsOf secrets={secrets} since={since} />
      </td>
      <td>
        <CopyButton text={command} class="small-button" label={`Copy command that sets a secret of ${name}`}>
          <span aria-hidden="true">›_</span> Copy command
        </CopyButton>
      </td>
      {send && (
        <td>
          <button type="button" class="small-button" aria-label={`Send a sample… of ${name}`} onClick={send}>
            Send a sample…
          </button>
        </td>
      )}
      <td>
        <EventsOf source={name} />
      </td>
    </tr>
  );
}

/** Says how many secrets a source has, and since when. */
function SecretsOf({ secrets, since }: Pick<SourceView, "secrets" | "since">) {
  if (secrets === 0) return <span class="bad">no secret yet</span>;
  if (since === null) return <>{secrets ?? "–"}</>;
  return (
    <>
      {secrets === null ? "since" : `${secrets}, since`} <Time at={since} />
    </>
  );
}

function RefusedTable({ refused }: { refused: readonly RefusedRequest[] }) {
  const { clock } = useShared();
  if (refused.length === 0) return <p class="muted pad">No request was refused since this run began.</p>;
  return (
    <TableBox label="Refused requests" tall>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Time ({clock})</th>
            <th scope="col">Source</th>
            <th scope="col">Reason</th>
            <th scope="col" class="number">
              Answer
            </th>
            <th scope="col">From</th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          {refused.map(({ at, source, status, reason, sourceIp }, index) => (
            <tr key={`${at} ${index}`}>
              <td>
                <Time at={at} />
              </td>
              <td>
                <Text text={source} class="cut cut-short" />
              </td>
              <td class="bad">{printable(reason)}</td>
              <td class="number">{status}</td>
              <td class="mono">{sourceIp ?? "–"}</td>
              <td class="next-step">
                <NextStepOf reason={reason} source={source} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

/** Says what to do about a refused request; a command only where the source is one of the configuration. */
function NextStepOf({ reason, source }: Pick<RefusedRequest, "reason" | "source">) {
  const { session } = useShared();
  const { text, rotates } = nextStepFor(reason);
  return (
    <>
      {text} {rotates && session.sources.includes(source) && <Command words={["secrets", "rotate", source]} />}
    </>
  );
}

function CountsTable({ counts }: { counts: NonNullable<Sources["refusedCounts"]> }) {
  if (counts.length === 0) return <p class="muted pad">No request was refused in the last 24 hours.</p>;
  return (
    <TableBox label="Refused requests of the last 24 hours">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Reason</th>
            <th scope="col" class="number">
              Last 24 hours
            </th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ source, reason, count }) => (
            <tr key={`${source} ${reason}`}>
              <th scope="row">{printable(source)}</th>
              <td>{printable(reason)}</td>
              <td class="number">{inNumber(count)}</td>
              <td class="next-step">
                <NextStepOf reason={reason} source={source} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
