import { useContext, useState } from "preact/hooks";
import { NowContext, useFeed, useShared } from "./context";
import { printable } from "../cli/lib/printable";
import { inAge, inSeconds, type Clock } from "./format";
import { eventsHref, go, type Place } from "./router";
import { readOnlyReason } from "./parts";

interface HeaderProps {
  place: Place;
  clock: Clock;
  onClock: (clock: Clock) => void;
  onKeys: () => void;
}

/** Says which pipeline this is, how fresh the page is, and leads to every view. */
export function Header({ place, clock, onClock, onKeys }: HeaderProps) {
  return (
    <>
      <header class="top">
        <Identity />
        <FindBox />
        <div class="top-end">
          <ClockSwitch clock={clock} onClock={onClock} />
          <Live />
          <button type="button" class="quiet keys-button" aria-label="Keys" title="Keys" onClick={onKeys}>
            ?
          </button>
        </div>
      </header>
      <Navigation path={place.path} />
    </>
  );
}

function Identity() {
  const { session } = useShared();
  const { stack, place, account, region, canWrite } = session;
  return (
    <div class="identity">
      <a class="stack" href="/" title="Overview">
        {stack ?? "local run"}
      </a>
      <span class={`badge badge-${place.toLowerCase()}`}>{place}</span>
      {!canWrite && (
        <span class="badge badge-read" title={readOnlyReason}>
          READ-ONLY
        </span>
      )}
      <span class="muted small where">
        {account !== null && <span title="AWS account">{account}</span>}
        <span title="Region">{region}</span>
      </span>
    </div>
  );
}

/** Takes any ID that a person may have, and leads to its event. */
function FindBox() {
  const [id, setId] = useState("");
  const find = (event: Event) => {
    event.preventDefault();
    if (id.trim() === "") return;
    go(eventsHref({ find: id.trim() }));
    setId("");
    // The next key is meant for what was found.
    document.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true });
  };
  return (
    <form class="find" role="search" onSubmit={find}>
      <input
        id="find"
        type="search"
        value={id}
        autocomplete="off"
        spellcheck={false}
        placeholder="Find by any ID"
        aria-label="Find an event: transaction ID, the source's own ID, webhook-id or reference"
        onInput={(event) => setId(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

function ClockSwitch({ clock, onClock }: Pick<HeaderProps, "clock" | "onClock">) {
  return (
    <div class="switch" role="group" aria-label="Times">
      {(["UTC", "local"] as const).map((one) => (
        <button key={one} type="button" aria-pressed={clock === one} onClick={() => onClock(one)}>
          {one === "UTC" ? "UTC" : "Local"}
        </button>
      ))}
    </div>
  );
}

/** Says whether the page is live, and else since when it is not. */
function Live() {
  const { clock } = useShared();
  const now = useContext(NowContext);
  const { asOf, problem } = useFeed().freshness;
  const isStale = problem !== null;
  const word = isStale ? (asOf === null ? "Stale" : `Stale since ${inSeconds(asOf, clock)}`) : asOf === null ? "Connecting" : "Live";
  const title = problem ?? (asOf === null ? undefined : `The pipeline answered ${inAge(now - Date.parse(asOf))} ago.`);
  return (
    <span class={`live ${isStale ? "live-stale" : asOf === null ? "live-waiting" : "live-now"}`} role="status" title={title}>
      <i aria-hidden="true" />
      {word}
    </span>
  );
}

/** Says why the page is not live any more. It lies over the end of the page, so that nothing in front of someone moves. */
export function StaleBar() {
  const { problem, isServerGone } = useFeed().freshness;
  if (problem === null) return null;
  return (
    <aside class="stale-bar" aria-label="Freshness">
      <strong>Not live.</strong> {!isServerGone && "The page shows what it read last, and tries again by itself. "}
      {printable(problem)}
    </aside>
  );
}

const views = [
  ["/", "Overview"],
  ["/events", "Events"],
  ["/sources", "Sources"],
  ["/destinations", "Destinations"],
  ["/failures", "Failures"],
  ["/health", "Health"],
] as const;

function Navigation({ path }: { path: string }) {
  const isAt = (view: string) => path === view || (view !== "/" && path.startsWith(`${view}/`));
  return (
    <nav class="views" aria-label="Views">
      {views.map(([view, name]) => (
        <a key={view} href={view} aria-current={isAt(view) ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
