import { startSink, type SunkDelivery } from "../../local/sink";
import type { LocalSettings } from "../../local/settings";
import { onInterruption } from "../lib/interruption";

/**
 * Decides where a stack's own destinations get their deliveries. The run sends samples, which must not reach by accident a service that takes
 * them for real: unless `deliver` is set, a sink on this machine takes and shows them.
 * @param show prints a line
 */
export async function divert(settings: LocalSettings, deliver: boolean, show: (line: string) => void): Promise<LocalSettings> {
  const own = settings.destinations.filter(({ localUrl }) => localUrl === undefined);
  if (own.length === 0) return settings;
  const list = own.map(({ name, url }) => `${name} (${url})`).join(", ");
  if (deliver) return withNote(settings, `Posted for real, signed with secrets of this run: what goes to ${list}.`);
  const urls = new Map(own.map(({ name, url }) => [name, url]));
  const sink = await startSink((delivery) => show(describe(delivery, urls.get(delivery.destination))));
  onInterruption(() => sink.stop());
  const destinations = settings.destinations.map((one) => (own.includes(one) ? { ...one, localUrl: sink.urlOf(one.name) } : one));
  return withNote({ ...settings, destinations }, `Shown and not posted, unless you add --deliver: what goes to ${list}.`);
}

const withNote = (settings: LocalSettings, note: string): LocalSettings => ({ ...settings, notes: [...settings.notes, note] });

/** Returns one line: the event, and where it would go. */
function describe({ destination, body }: SunkDelivery, url = "an unknown URL"): string {
  const { type, transactionId } = contentOf(body);
  return `  ${"NOT POSTED".padEnd(10)} ${transactionId}  ${type}, ${body.length.toLocaleString("en")} bytes for ${destination} at ${url}`;
}

function contentOf(body: Buffer): { type: string; transactionId: string } {
  const { type, data } = JSON.parse(body.toString()) as { type: string; data: { transactionId?: string } };
  return { type, transactionId: data.transactionId ?? "test event" };
}
