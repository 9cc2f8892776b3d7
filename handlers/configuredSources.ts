import { Variable, type SenderSettings } from "../domain/event";
import { requiredVariable } from "./aws/environment";
import { providers } from "./sources";
import { hmacProvider } from "./sources/hmac";
import type { Provider } from "./sources/types";

/** Whoever this stack takes webhooks from. */
export interface Sender {
  name: string;
  provider: Provider;
  settings: SenderSettings;
}

let known: { settings: string; senders: Map<string, Sender> } | undefined;

/** @returns `undefined` if this stack takes nothing from a sender of that name */
export function findSender(name: string): Sender | undefined {
  const settings = requiredVariable(Variable.senderSettings);
  if (known?.settings !== settings) known = { settings, senders: readSenders(settings) };
  return known.senders.get(name);
}

function readSenders(text: string): Map<string, Sender> {
  const all = JSON.parse(text) as Record<string, SenderSettings>;
  return new Map(Object.entries(all).map(([name, settings]) => [name, { name, settings, provider: providerOf(settings) }]));
}

function providerOf({ scheme, hmac }: SenderSettings): Provider {
  return scheme === "hmac" ? hmacProvider(hmac!) : providers[scheme];
}
