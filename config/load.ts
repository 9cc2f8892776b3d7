import * as pulumi from "@pulumi/pulumi";
import { checks } from "./checks";
import { problem, problemsIn } from "./problems";
import { configSchema, keyDescriptions, type Domain, type PipelineConfig } from "./schema";
import { shardsFor } from "../domain/shards";
import { completeDestination } from "./destinations";
import { completeSources, listProblems } from "./sources";

/** Lists everything that is wrong with a stack's configuration, one sentence each. Pulumi prints it without a stack trace. */
export class ConfigurationError extends pulumi.RunError {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration of this stack is invalid:\n${problems.map((sentence) => `  - ${sentence}`).join("\n")}`);
  }
}

/** Raw configuration: from the engine, or from a test's table. */
export interface RawConfig {
  project: string;
  stack: string;
  /** Values by key with namespace, such as `aws:region`, as the engine passes them: strings, with lists and objects as JSON. */
  values: Readonly<Record<string, string>>;
}

/** Reads the running stack's configuration. @throws ConfigurationError with every problem at once */
export function loadConfig(): PipelineConfig {
  return parseConfig({ project: pulumi.getProject(), stack: pulumi.getStack(), values: pulumi.runtime.allConfig() });
}

/** Parses raw configuration. @throws ConfigurationError with every problem at once */
export function parseConfig(raw: RawConfig): PipelineConfig {
  const { stack, values } = raw;
  const region = values["aws:region"] ?? "";
  const given = ownValues(raw);
  const parsed = configSchema.safeParse(given);
  const refused = new Set(parsed.error?.issues.map(({ path: [key] }) => key));
  const settings = parsed.data ?? configSchema.parse(without(given, refused));
  const { testEvents, throttleRequestsPerMinute, throttleBurst, domain, hostedZone, ...asSet } = settings;
  const stageThrottle = { requestsPerMinute: throttleRequestsPerMinute, burst: throttleBurst };
  const sources = completeSources(settings.sources, { testEvents, throttle: stageThrottle });
  const config: PipelineConfig = {
    ...asSet,
    region,
    environmentSuffix: settings.environmentSuffix || stack,
    sources,
    destinations: settings.destinations.map(completeDestination),
    indexShards: settings.indexShards || shardsFor(sources.reduce((sum, { throttle }) => sum + throttle.requestsPerMinute / 60, 0)),
    stageThrottle,
    domain: domainOf(domain, hostedZone),
  };
  const problems = [
    ...regionProblems(region),
    ...(parsed.error ? problemsIn(parsed.error, given) : []),
    ...listProblems(given.sources),
    ...checks
      .filter(({ keys }) => !keys.some((key) => refused.has(key)))
      .flatMap((check) => check.problems({ ...config, stack, settings })),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;
}

/** Returns the program's own keys, without their namespace, with values in their types. */
function ownValues({ project, values }: RawConfig): Record<string, unknown> {
  const prefix = `${project}:`;
  const own = Object.entries(values).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), typed(key.slice(prefix.length), value)]));
}

/** Converts a string to its key's type. A string that is not written as that type stays a string, which the schema refuses. */
function typed(key: string, value: string): unknown {
  const type = Object.hasOwn(keyDescriptions, key) ? keyDescriptions[key].type : undefined;
  const isOddNumber = type === "integer" && /[e.]/i.test(value) && Number.isInteger(Number(value));
  if (type === "string" || isOddNumber) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Returns the values that the schema accepts. Refused values and unknown keys count as not set. */
function without(given: Record<string, unknown>, refused: ReadonlySet<unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => Object.hasOwn(configSchema.shape, key) && !refused.has(key)));
}

function regionProblems(region: string): string[] {
  if (!region) return ["aws:region is missing. Set it: pulumi config set aws:region eu-central-1"];
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return [];
  return [problem("aws:region", region, "an AWS region code, such as eu-central-1")];
}

function domainOf(name: string, hostedZone: string): Domain | undefined {
  if (name === "" && hostedZone === "") return undefined;
  return { name, hostedZone: hostedZone === "" ? name.slice(name.indexOf(".") + 1) : hostedZone };
}
