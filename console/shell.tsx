import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../cli/console/api";
import type { Client } from "./client";
import { NowContext, SharedContext, useTicking } from "./context";
import type { Feed } from "./feed";
import { printable } from "../cli/lib/printable";
import type { Clock } from "./format";
import { Header, StaleBar } from "./header";
import { KeysDialog } from "./keysDialog";
import { moveRow, useKeys } from "./keys";
import { scrollOfEntry, usePlace } from "./router";
import { viewAt } from "./views";

const clockKey = "clock";
/** Time for which a sentence is shown, milliseconds. */
const shownMs = 6_000;

/** Frames every view: header, navigation, announcements, keys. */
export function Shell({ session, client, feed }: { session: Session; client: Client; feed: Feed }) {
  const [clock, setClock] = useState<Clock>(() => (localStorage.getItem(clockKey) === "local" ? "local" : "UTC"));
  const [areKeysShown, setKeysShown] = useState(false);
  const [sentence, say] = useSentence();
  const place = usePlace();
  const view = viewAt(place);
  const switchClock = useCallback((next: Clock) => {
    localStorage.setItem(clockKey, next);
    setClock(next);
  }, []);
  useKeys({
    "/": () => document.querySelector<HTMLInputElement>("#find")!.focus(),
    "?": () => setKeysShown(true),
    j: () => moveRow(1),
    k: () => moveRow(-1),
  });
  // A search is another view at the same path.
  useArrival(`${place.path} ${place.query.find ?? ""}`, location.search, view.title, session);
  return (
    <SharedContext.Provider value={{ session, client, feed, clock, say }}>
      <NowContext.Provider value={useTicking(5_000)}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header place={place} clock={clock} onClock={switchClock} onKeys={() => setKeysShown(true)} />
        <main id="main" tabIndex={-1}>
          {view.render()}
        </main>
        <StaleBar />
        <Sentence>{sentence}</Sentence>
        {areKeysShown && <KeysDialog onClose={() => setKeysShown(false)} />}
      </NowContext.Provider>
    </SharedContext.Provider>
  );
}

function useSentence(): [string, (sentence: string) => void] {
  const [sentence, setSentence] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const say = useCallback((next: string) => {
    clearTimeout(timer.current);
    setSentence(next);
    timer.current = setTimeout(() => setSentence(""), shownMs);
  }, []);
  return [sentence, say];
}

function Sentence({ children }: { children: ComponentChildren }) {
  return (
    <div class="sentence" role="status">
      {children !== "" && <p>{children}</p>}
    </div>
  );
}

/** Names the tab, scrolls to where someone was, and on another view moves the focus to it, so that it is read aloud. */
function useArrival(view: string, search: string, title: string, { stack }: Session): void {
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${printable(title)} · ${stack ?? "local run"}`;
  }, [title, stack]);
  useLayoutEffect(() => scrollTo(0, scrollOfEntry()), [view, search]);
  useEffect(() => {
    if (!isFirst.current) document.querySelector<HTMLElement>("#main")!.focus({ preventScroll: true });
    isFirst.current = false;
  }, [view]);
}
