import { Command } from "./copy";
import { useShared } from "./context";
import { Empty } from "./parts";

/** Says that no event has arrived, and how to get a first one. */
export function NothingYet() {
  const { session } = useShared();
  return (
    <Empty title="No event has arrived yet.">
      {session.place === "LOCAL" ? (
        <p>
          Send a sample: <Command words={["send", session.sources.includes("stripe") ? "stripe" : (session.sources[0] ?? "stripe")]} />, or
          choose a source under <a href="/sources">Sources</a>.
        </p>
      ) : (
        <p>
          Give the provider the URL of its source: see <a href="/sources">Sources</a>. Its first event appears here by itself.
        </p>
      )}
    </Empty>
  );
}
