import { secretOwner } from "../../domain/names";
import { keyAfter } from "../../local/secretKey";
import type { LocalPipeline } from "../../local/pipeline";
import { changeAnnouncement } from "../lib/announcement";
import { isOfDestination } from "./credentials";
import type { Credential } from "./field";
import type { OwnedSecret } from "./rotation";

/**
 * Writes a secret of the local run into the run's description, so that programs sign and verify with a valid one.
 * @param entries as they are stored, the newest first
 */
export function describeSecret(owned: OwnedSecret, entries: readonly Credential[]): Promise<void> {
  return changeAnnouncement((pipeline) =>
    isOfDestination(owned) ? ofDestination(pipeline, owned, entries) : ofSource(pipeline, owned, entries),
  );
}

function ofSource({ signing }: LocalPipeline, { name }: OwnedSecret, entries: readonly Credential[]): Partial<LocalPipeline> {
  return { signing: { ...signing, [name]: keyAfter(name, signing[name], JSON.stringify(entries)) } };
}

/** Takes the old one during a rotation: the function may not have read the new one yet. */
function ofDestination({ destinations }: LocalPipeline, { name }: OwnedSecret, entries: readonly Credential[]): Partial<LocalPipeline> {
  const secret = String(entries.at(-1)!.secret);
  const changed = Object.entries(destinations).map(([own, one]) => [own, secretOwner(own) === name ? { ...one, secret } : one] as const);
  return { destinations: Object.fromEntries(changed) };
}
