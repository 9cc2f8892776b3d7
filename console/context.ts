import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Session } from "../cli/console/api";
import type { Client } from "./client";
import type { Feed } from "./feed";
import type { Clock } from "./format";

/** What every view shares. */
export interface Shared {
  session: Session;
  client: Client;
  feed: Feed;
  clock: Clock;
  /** Shows a sentence for some seconds, and has it read aloud. */
  say: (sentence: string) => void;
}

export const SharedContext = createContext<Shared | undefined>(undefined);

/** Returns what every view shares. */
export function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (!shared) throw new Error("A view was rendered outside the page.");
  return shared;
}

/** Now, epoch milliseconds: renewed every few seconds, for ages. */
export const NowContext = createContext(Date.now());

/** Returns the time every so often, as long as someone sees the page. */
export function useTicking(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const tick = () => {
      if (!document.hidden) setNow(Date.now());
    };
    const timer = setInterval(tick, everyMs);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [everyMs]);
  return now;
}

/** Renders again after each answer of the feed. */
export function useFeed(): Feed {
  const { feed } = useShared();
  const [, setRound] = useState(0);
  useEffect(() => feed.subscribe(() => setRound((round) => round + 1)), [feed]);
  return feed;
}
