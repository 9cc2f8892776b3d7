import type { Health, HealthCheck } from "../cli/console/api";
import { CommandButton } from "./copy";
import { useAnswer, useRefresh } from "./load";
import { printable } from "../cli/lib/printable";
import { Empty, ProblemBox, Section, Skeleton, State, TableBox, Time } from "./parts";
import { RunbookLink } from "./runbook";

const rank = { alarm: 0, unknown: 1, ok: 2 } as const;

/** Shows alarms, the pipe, and which permissions are missing; what is wrong comes first. */
export function HealthView() {
  const { answer, problem, reload } = useAnswer("/api/health");
  useRefresh(reload);
  return (
    <>
      <div class="view-head">
        <h1>Health</h1>
        <CommandButton words={["stack", "health"]} />
      </div>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {answer ? <Parts health={answer} /> : !problem && <Skeleton rows={10} />}
    </>
  );
}

function Parts({ health: { checks, missing } }: { health: Health }) {
  const sorted = [...checks].sort((a, b) => rank[a.state] - rank[b.state]);
  return (
    <>
      {missing.length > 0 && <Missing missing={missing} />}
      {checks.length === 0 ? (
        <Empty title="There is nothing to check.">
          <p>A deployed stack shows its alarms and its pipe here.</p>
        </Empty>
      ) : (
        <TableBox label="Checks">
          <table class="list">
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col">Check</th>
                <th scope="col">What it says</th>
                <th scope="col">Since</th>
                <th scope="col">What to do</th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((check) => (
                <CheckRow key={check.name} check={check} />
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </>
  );
}

const kinds = { ok: "good", alarm: "bad", unknown: "unknown" } as const;

function CheckRow({ check: { name, state, detail, since, runbook } }: { check: HealthCheck }) {
  return (
    <tr>
      <td>
        <State word={state} kind={kinds[state]} />
      </td>
      <th scope="row">{printable(name)}</th>
      <td class="prose">{printable(detail)}</td>
      <td>{since === null ? <span class="muted">–</span> : <Time at={since} />}</td>
      <td>{runbook && state !== "ok" ? <RunbookLink heading={runbook} /> : <span class="muted">–</span>}</td>
    </tr>
  );
}

function Missing({ missing }: Pick<Health, "missing">) {
  return (
    <Section title="Missing permissions" class="notice-bad">
      <p class="pad">
        The credentials that started this console lack them. The stack's output <code>consolePolicy</code> has them: attach that policy.
      </p>
      <TableBox label="Missing permissions">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">Permission</th>
              <th scope="col">Needed for</th>
            </tr>
          </thead>
          <tbody>
            {missing.map((one) => (
              <tr key={one.permission}>
                <th scope="row" class="mono">
                  {printable(one.permission)}
                </th>
                <td class="prose">{printable(one.for)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </Section>
  );
}
