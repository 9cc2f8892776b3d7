import type { SourceSettings } from "../../domain/sources";
import { ownCommandLine, optionWords } from "../lib/shell";
import { someAtOnce } from "../events/items";
import type { MissingPermission, Sources, SourceView } from "./api";
import { MissingPermissions } from "./missing";
import type { RefusedRequests } from "./refused";
import { countRefused, type MetricsTarget } from "./refusedCounts";
import { readVersion, type SecretsReader, type SecretVersion } from "./secretVersion";

/** What the sources of a pipeline are read from. */
export interface SourcesTarget extends MetricsTarget, SecretsReader {
  /** Name of the stack; `undefined` for the local run. */
  stack: string | undefined;
  sources: Readonly<Record<string, Pick<SourceSettings, "provider">>>;
  secretArns: Readonly<Record<string, string>>;
  webhookUrls: Readonly<Record<string, string>>;
}

/**
 * Reads the sources with the age and number of their secrets, and what the receiver has refused. Never reads a secret. Credentials that may
 * not read metrics get no counts, and the page about health names the permission.
 * @param refused keeps the refused requests of the local run; `undefined` of a deployed stack, whose metrics count them
 */
export async function readSources(target: SourcesTarget, refused: Pick<RefusedRequests, "newest"> | undefined): Promise<Sources> {
  const names = Object.keys(target.sources).sort();
  const missing = new MissingPermissions();
  const counts = () => missing.attempt("cloudwatch:GetMetricData", "the refused requests", () => countRefused(target));
  const [sources, newest, refusedCounts] = await Promise.all([
    someAtOnce(names, (name) => readSource(target, name, missing)),
    refused?.newest(),
    refused ? undefined : counts(),
  ]);
  return { sources, refused: newest ?? null, refusedCounts: refusedCounts ?? null, missing: onceEach(missing.found) };
}

/** Names each permission once, although it was tried for each source. */
const onceEach = (missing: readonly MissingPermission[]) => [...new Map(missing.map((one) => [one.permission, one])).values()];

async function readSource(target: SourcesTarget, name: string, missing: MissingPermissions): Promise<SourceView> {
  const read = async () => ({ version: await readVersion(target, target.secretArns[name]) });
  const found = await missing.attempt("secretsmanager:ListSecretVersionIds", "the number of secrets", read);
  const version = found?.version;
  return {
    name,
    provider: target.sources[name].provider,
    url: target.webhookUrls[name],
    secrets: version ? (version.entries ?? null) : found ? 0 : null,
    since: version?.since?.toISOString() ?? null,
    command: ownCommandLine([
      "secrets",
      found ? nextStep(version) : "list",
      ...(found ? [name] : []),
      ...optionWords({ stack: target.stack }),
    ]),
  };
}

/** Returns the command for what can be done next with a secret: store the first, add a second, or remove the old one. */
function nextStep(version: SecretVersion | undefined): "set" | "rotate" | "finish" {
  if (!version) return "set";
  return version.entries === 2 ? "finish" : "rotate";
}
