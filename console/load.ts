import { useCallback, useEffect, useState } from "preact/hooks";
import type { Problem } from "../cli/console/api";
import { pathWith, problemOf, type Answers, type Query } from "./client";
import { useShared } from "./context";

/** An answer of the server as a view sees it: what is there, what went wrong, and whether more is on its way. */
export interface Loaded<Answer> {
  answer?: Answer;
  problem?: Problem;
  isLoading: boolean;
  /** Time at which the answer came, epoch milliseconds. */
  at: number;
  /** Asks again; what is shown stays until the answer comes. */
  reload: () => void;
}

interface Entry {
  answer: unknown;
  at: number;
}

/** The last answers by their address, so that a view that was seen before is there at once. */
const known = new Map<string, Entry>();
const mostKnown = 40;

function remember(key: string, answer: unknown): Entry {
  const entry = { answer, at: Date.now() };
  known.delete(key);
  known.set(key, entry);
  if (known.size > mostKnown) known.delete(known.keys().next().value!);
  return entry;
}

interface Options {
  /** Does not ask again for what was seen some minutes before: a list to which someone comes back stays as it was. */
  keeps?: boolean;
}

/** The longest time for which an answer is kept so, milliseconds. */
const keptMs = 600_000;
const isKept = (entry: Entry | undefined): boolean => entry !== undefined && Date.now() - entry.at < keptMs;

/** Asks the server, and shows at once what it answered the last time. */
export function useAnswer<Path extends keyof Answers>(
  path: Path,
  query: Query = {},
  { keeps = false }: Options = {},
): Loaded<Answers[Path]> {
  const { client, feed } = useShared();
  const key = pathWith(path, query);
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ key: string; round: number; entry?: Entry; problem?: Problem }>({ key: "", round });
  useEffect(() => {
    if (keeps && round === 0 && isKept(known.get(key))) return;
    const controller = new AbortController();
    const settle = (entry?: Entry, problem?: Problem) => setState({ key, round, entry, problem });
    client.get(path, query, controller.signal).then(
      (answer) => settle(remember(key, answer)),
      (error: unknown) => {
        if (!controller.signal.aborted) settle(known.get(key), problemOf(error));
      },
    );
    return () => controller.abort();
    // The key stands for path and query.
  }, [client, key, round, keeps]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  useEffect(
    () =>
      feed.onReset(() => {
        known.clear();
        reload();
      }),
    [feed, reload],
  );
  const isSettled = state.key === key && state.round === round;
  const entry = state.key === key && state.entry ? state.entry : known.get(key);
  return {
    answer: entry?.answer as Answers[Path] | undefined,
    problem: isSettled ? state.problem : undefined,
    isLoading: !isSettled && !(keeps && round === 0 && isKept(entry)),
    at: entry?.at ?? 0,
    reload,
  };
}

/** The most that a view which sums up lags behind the feed, milliseconds. */
const lagMs = 5_000;
/** Time after which it asks again even if no event has changed: dead letters and states change without one. */
const restMs = 60_000;

/** Asks again when events have changed, at most every five seconds, and else each minute. */
export function useRefresh(reload: () => void): void {
  const { feed } = useShared();
  useEffect(() => {
    let last = Date.now();
    let newest = [...feed.changed.values()].at(-1);
    return feed.subscribe(() => {
      const changed = [...feed.changed.values()].at(-1);
      const rest = changed === newest ? restMs : lagMs;
      if (Date.now() - last < rest) return;
      last = Date.now();
      newest = changed;
      reload();
    });
  }, [feed, reload]);
}
