import type { MissingPermission } from "../cli/console/api";
import { printable } from "../cli/lib/printable";

/** Says which parts of a view are not there because the credentials lack a permission. */
export function MissingNote({ missing }: { missing: readonly MissingPermission[] }) {
  if (missing.length === 0) return null;
  return (
    <p class="notice" role="note">
      {missing.map(({ permission, for: purpose }) => `Not shown: ${printable(purpose)} (${printable(permission)} is missing).`).join(" ")}{" "}
      See <a href="/health">Health</a>.
    </p>
  );
}
