import { ConfigurationError, parseConfig } from "../../config/load";
import { encrypted, projectName, readStackConfig } from "../../config/stackFile";
import { UserError } from "../../domain/userError";
import { withNamespace, type LocalSettings } from "../../local/settings";
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
 * @throws UserError if there is no such stack, or its configuration is wrong
 */
export function readSettings(stack: string): LocalSettings {
  const project = projectName();
  const prefix = `${project}:`;
  const given = readStackConfig(stack);
  const own = Object.entries(given).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : []));
  const isEncrypted = ([, value]: readonly [string, string]) => value.includes(encrypted);
  const isCloudOnly = ([key]: readonly [string, string]) => cloudOnly.some((one) => one === key);
  const kept = own.filter((entry) => !isCloudOnly(entry) && !isEncrypted(entry));
  const omitted = own.filter((entry) => isCloudOnly(entry) && !nothing.includes(entry[1])).map(([key]) => key);
  const unreadable = own.filter((entry) => !isCloudOnly(entry) && isEncrypted(entry)).map(([key]) => key);
  const { values, opened } = withLoopback(Object.fromEntries(kept));
  const config = { ...withNamespace(project, values), "aws:region": given["aws:region"] ?? defaultRegion };
  return {
    project,
    stack,
    config,
    sources: sourcesOf(project, stack, config),
    notes: [
      ...(omitted.length > 0 ? [`Left out, because a local AWS has no such thing: ${omitted.join(", ")}.`] : []),
      ...(unreadable.length > 0 ? [`Left at their defaults, because their values are encrypted: ${unreadable.join(", ")}.`] : []),
      ...(opened.length > 0 ? [`Besides allowedCidrs, this machine (${loopback}) may send to: ${opened.join(", ")}.`] : []),
    ],
  };
}

/** Lets this machine send to sources that take requests from some networks alone. A list that is wrong stays as it is. */
function withLoopback(own: Readonly<Record<string, string>>): { values: Readonly<Record<string, string>>; opened: string[] } {
  const list = parseList(own.sources);
  const isBounded = (source: unknown): source is { name?: string; provider: string; allowedCidrs: unknown[] } =>
    typeof source === "object" && source !== null && "allowedCidrs" in source && Array.isArray(source.allowedCidrs);
  const bounded = list.filter(isBounded);
  if (bounded.length === 0) return { values: own, opened: [] };
  const sources = list.map((source) => (isBounded(source) ? { ...source, allowedCidrs: [...source.allowedCidrs, loopback] } : source));
  return { values: { ...own, sources: JSON.stringify(sources) }, opened: bounded.map(({ name, provider }) => name ?? provider) };
}

function parseList(text: string | undefined): unknown[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Reads the sources of a stack's configuration. @throws UserError if the configuration is wrong */
function sourcesOf(project: string, stack: string, values: Readonly<Record<string, string>>): SourceDescription[] {
  try {
    const { sources } = parseConfig({ project, stack, values });
    return sources.map(({ name, provider, description, events, testEvents }) => ({ name, provider, description, events, testEvents }));
  } catch (error) {
    throw error instanceof ConfigurationError ? new UserError(error.message) : error;
  }
}
