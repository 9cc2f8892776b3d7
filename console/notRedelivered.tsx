import { useShared } from "./context";
import { printable } from "../cli/lib/printable";

/** Says what a replay does not do, and leads to what does. Shows nothing if the stack posts to no destination. */
export function NotRedelivered({ redeliver }: { redeliver: () => void }) {
  const { session } = useShared();
  const names = session.destinations.flatMap(({ name, type }) => (type === "https" ? [printable(name)] : []));
  if (names.length === 0) return null;
  return (
    <div class="notice">
      <p>
        A delivery that is DELIVERED or FAILED stays so, also after a replay ({names.join(", ")}). To deliver these events again, redeliver
        them.
      </p>
      <button type="button" onClick={redeliver}>
        Redeliver these events…
      </button>
    </div>
  );
}
