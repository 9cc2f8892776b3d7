import { isHttps } from "../../config/destinations";
import { ConfigurationError, parseConfig } from "../../config/load";
import { encrypted, projectName, readStackConfig } from "../../config/stackFile";
import { UserError } from "../../domain/userError";
import type { LocalDestination } from "../../local/destinations";
import { forwardedDestination, forwardedName, withNamespace, type Forwarding, type LocalSettings } from "../../local/settings";
import type { SourceDescription } from "../../local/sources";

const loopback = "127.0.0.1/32";
/** Region of a stack whose file names none: the local AWS is the same in each. */
const defaultRegion = "us-east-1";

/** Keys that configure what a local AWS lacks. */
const cloudOnly = [
  "domain",
  "hostedZone",
  "waf",
  "wafRequestsPerAddress",
  "network",
  "auditTrail",
  "alertSubscriptions",
  "permissionsBoundary",
  "allowedAccountIds",
] as const;
/** Values with which such a key changes nothing. */
const nothing = ["", "false", "public", "[]"];

/**
 * Reads a stack's own configuration, as its file says, and leaves out what a local AWS lacks.
 * @param forwarding adds a destination to those of the stack
 * @throws UserError if there is no such stack, or its configuration is wrong
 */
export function readSettings(stack: string, forwarding?: Forwarding): LocalSettings {
  const project = projectName();
  const prefix = `${project}:`;
  const given = readStackConfig(stack);
  const own = Object.entries(given).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : []));
  const isEncrypted = ([, value]: readonly [string, string]) => value.includes(encrypted);
  const isCloudOnly = ([key]: readonly [string, string]) => cloudOnly.some((one) => one === key);
  const kept = own.filter((entry) => !isCloudOnly(entry) && !isEncrypted(entry));
  const omitted = own.filter((entry) => isCloudOnly(entry) && !nothing.includes(entry[1])).map(([key]) => key);
  const unreadable = own.filter((entry) => !isCloudOnly(entry) && isEncrypted(entry)).map(([key]) => key);
  const { values: opening, opened } = withLoopback(Object.fromEntries(kept));
  const values = forwarding ? withForwarded(opening, stack) : opening;
  const config = { ...withNamespace(project, values), "aws:region": given["aws:region"] ?? defaultRegion };
  return {
    project,
    stack,
    config,
    ...parsed(project, stack, config, forwarding),
    notes: [
      ...(omitted.length > 0 ? [`Left out, because a local AWS has no such thing: ${omitted.join(", ")}.`] : []),
      ...(unreadable.length > 0 ? [`Left at their defaults, because their values are encrypted: ${unreadable.join(", ")}.`] : []),
      ...(opened.length > 0 ? [`Besides allowedCidrs, this machine (${loopback}) may send to: ${opened.join(", ")}.`] : []),
    ],
  };
}

/** Lets this machine send to sources that take requests from some networks alone. A list that is wrong stays as it is. */
function withLoopback(own: Readonly<Record<string, string>>): { values: Readonly<Record<string, string>>; opened: string[] } {
  const list = parseList(own.sources) ?? [];
  const isBounded = (source: unknown): source is { name?: string; provider: string; allowedCidrs: unknown[] } =>
    typeof source === "object" && source !== null && "allowedCidrs" in source && Array.isArray(source.allowedCidrs);
  const bounded = list.filter(isBounded);
  if (bounded.length === 0) return { values: own, opened: [] };
  const sources = list.map((source) => (isBounded(source) ? { ...source, allowedCidrs: [...source.allowedCidrs, loopback] } : source));
  return { values: { ...own, sources: JSON.stringify(sources) }, opened: bounded.map(({ name, provider }) => name ?? provider) };
}

/** Reads a list. Returns `undefined` if the text is something else, which the schema refuses. */
function parseList(text: string | undefined): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Adds the destination of `--forward-to` to a stack's own. A list that is wrong stays as it is. */
function withForwarded(own: Readonly<Record<string, string>>, stack: string): Readonly<Record<string, string>> {
  const list = parseList(own.destinations);
  if (list === undefined) return own;
  if (list.some((one) => typeof one === "object" && one !== null && "name" in one && one.name === forwardedName))
    throw new UserError(`Pulumi.${stack}.yaml has a destination named ${forwardedName}, as --forward-to calls its own. Rename it.`);
  return { ...own, destinations: JSON.stringify([...list, forwardedDestination]) };
}

/** Reads the sources and destinations of a stack's configuration. @throws UserError if the configuration is wrong */
function parsed(
  project: string,
  stack: string,
  values: Readonly<Record<string, string>>,
  forwarding: Forwarding | undefined,
): { sources: SourceDescription[]; destinations: LocalDestination[] } {
  try {
    const { sources, destinations } = parseConfig({ project, stack, values });
    return {
      sources: sources.map(({ name, provider, description, events, testEvents }) => ({ name, provider, description, events, testEvents })),
      destinations: destinations
        .filter(isHttps)
        .map(({ name, url, auth }) => ({ name, url, auth, ...(name === forwardedName && forwarding) })),
    };
  } catch (error) {
    throw error instanceof ConfigurationError ? new UserError(error.message) : error;
  }
}
