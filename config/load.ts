import * as pulumi from "@pulumi/pulumi";
import { checkReservations } from "./account";
import { boundaryOf } from "./boundary";
import { configSchema, hostName, problem, subscriptionProtocols, type ConfigKey, type ConfigName } from "./schema";
import { checkSettingsFit, isObject, sourcesOf, type Source } from "./sources";
import { checkThrottles } from "./checks";
import type { TestEvents } from "../domain/sources";
import { tooLongName } from "../domain/names";

export interface AlertSubscription {
  protocol: (typeof subscriptionProtocols)[number];
  endpoint: string;
}

/** The stack's configuration, checked. Meaning, default and bounds of each value are in config/schema.ts. */
export interface PipelineConfig {
  region: string;
  environmentSuffix: string;
  /** Whoever may send: providers and further sources, each with what is configured for it. */
  sources: Source[];
  testEvents: TestEvents;
  throttleRequestsPerMinute: number;
  throttleBurst: number;
  /** API Gateway's limit for all APIs of the account in this region, requests a second; 0: AWS's default. */
  accountRequestsPerSecond: number;
  lambdaMemoryMb: number;
  lambdaTimeoutSeconds: number;
  /** `undefined`: none reserved. */
  receiverReservedConcurrency: number | undefined;
  processorReservedConcurrency: number | undefined;
  /** Lambda's limit for all functions of the account in this region. */
  accountConcurrency: number;
  logRetentionDays: number;
  eventRetentionDays: number;
  workflowType: "EXPRESS" | "STANDARD";
  workflowLogLevel: "ALL" | "ERROR";
  alertSubscriptions: AlertSubscription[];
  signatureFailureThreshold: number;
  manageApiGatewayAccount: boolean;
  protect: boolean;
  audit: boolean;
  network: "public" | "private";
  /** `undefined`: sources use API Gateway's own host name. */
  domain: Domain | undefined;
  waf: boolean;
  wafRequestsPerAddress: number;
  allowedAccountIds: string[];
  /** ARN of the policy that bounds every role; `undefined`: none does. */
  permissionsBoundary: string | undefined;
}

export interface Domain {
  /** Such as `hooks.example.com`. */
  name: string;
  /** The Route 53 zone that it is in, such as `example.com`. */
  hostedZone: string;
}

/** All that is wrong with a stack's configuration, a sentence each. Pulumi prints it without a stack trace. */
export class ConfigurationError extends pulumi.RunError {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration of this stack cannot be deployed:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
}

/** Where configuration comes from: the engine, or a test's table. */
export interface ConfigSource {
  project: string;
  stack: string;
  /** Every key with its namespace, e.g. `aws:region`; values as the engine hands them over: text, lists as JSON. */
  values: Readonly<Record<string, string>>;
}

/** Reads the running stack's configuration. @throws ConfigurationError with every problem at once. */
export function loadConfig(): PipelineConfig {
  return parseConfig({ project: pulumi.getProject(), stack: pulumi.getStack(), values: pulumi.runtime.allConfig() });
}

/** @throws ConfigurationError with every problem at once, not the first only. */
export function parseConfig(source: ConfigSource): PipelineConfig {
  const problems: string[] = [];
  const read = reader(source, problems);
  const text = (key: ConfigName) => read(key) as string;
  const count = (key: ConfigName) => read(key) as number;
  const flag = (key: ConfigName) => read(key) as boolean;
  const list = (key: ConfigName) => read(key) as unknown[];
  const object = (key: ConfigName) => read(key) as Record<string, unknown>;

  refuseUnknownKeys(source, problems);
  const allowedAccountIds = accountsOf(list("allowedAccountIds"), problems);
  const audit = flag("audit");
  const config: PipelineConfig = {
    region: regionOf(source, problems),
    environmentSuffix: suffixOf(text("environmentSuffix"), audit, source, problems),
    sources: sourcesOf(
      {
        providers: list("providers"),
        sources: list("sources"),
        keptEvents: object("keptEvents"),
        allowedNetworks: object("allowedNetworks"),
      },
      problems,
    ),
    testEvents: text("testEvents") as TestEvents,
    throttleRequestsPerMinute: count("throttleRequestsPerMinute"),
    throttleBurst: count("throttleBurst"),
    accountRequestsPerSecond: count("accountRequestsPerSecond"),
    lambdaMemoryMb: count("lambdaMemoryMb"),
    lambdaTimeoutSeconds: count("lambdaTimeoutSeconds"),
    receiverReservedConcurrency: reservedOf(count("receiverReservedConcurrency")),
    processorReservedConcurrency: reservedOf(count("processorReservedConcurrency")),
    accountConcurrency: count("accountConcurrency"),
    logRetentionDays: count("logRetentionDays"),
    eventRetentionDays: count("eventRetentionDays"),
    workflowType: text("workflowType") as PipelineConfig["workflowType"],
    workflowLogLevel: text("workflowLogLevel") as PipelineConfig["workflowLogLevel"],
    alertSubscriptions: subscriptionsOf(list("alertSubscriptions"), problems),
    signatureFailureThreshold: count("signatureFailureThreshold"),
    manageApiGatewayAccount: flag("manageApiGatewayAccount"),
    protect: flag("protect"),
    audit,
    network: text("network") as PipelineConfig["network"],
    domain: domainOf(text("domain"), text("hostedZone"), problems),
    waf: flag("waf"),
    wafRequestsPerAddress: count("wafRequestsPerAddress"),
    allowedAccountIds,
    permissionsBoundary: boundaryOf(text("permissionsBoundary"), { stack: source.stack, allowedAccountIds }, problems),
  };
  checkSettingsFit(config, problems);
  checkReservations(config, problems);
  checkThrottles(config, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;
}

/** Returns a key's value in its type, or its default after noting what is wrong with it. */
function reader(source: ConfigSource, problems: string[]) {
  return (key: ConfigName): unknown => {
    const rule: ConfigKey = configSchema[key];
    const raw = source.values[`${source.project}:${key}`];
    if (raw === undefined) return rule.default;
    const value = parseValue(rule, raw);
    if (value !== undefined && withinBounds(rule, value)) return value;
    problems.push(problem(key, value ?? raw, rule.allowed));
    return rule.default;
  };
}

function parseValue(rule: ConfigKey, raw: string): unknown {
  switch (rule.type) {
    case "string":
      return raw;
    case "boolean":
      return raw === "true" ? true : raw === "false" ? false : undefined;
    case "integer":
      return /^-?\d+$/.test(raw.trim()) ? Number(raw) : undefined;
    case "array":
      return parseJson(raw, Array.isArray);
    case "object":
      return parseJson(raw, isObject);
  }
}

function parseJson(raw: string, fits: (value: unknown) => boolean): unknown {
  try {
    const value: unknown = JSON.parse(raw);
    return fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function withinBounds(rule: ConfigKey, value: unknown): boolean {
  if (Array.isArray(value)) return true;
  if (rule.values) return rule.values.includes(value as string | number);
  if (typeof value !== "number") return true;
  return value >= rule.minimum! && value <= rule.maximum!;
}

function refuseUnknownKeys(source: ConfigSource, problems: string[]): void {
  const prefix = `${source.project}:`;
  const known = Object.keys(configSchema);
  for (const key of Object.keys(source.values)) {
    if (!key.startsWith(prefix) || known.includes(key.slice(prefix.length))) continue;
    problems.push(`${key.slice(prefix.length)} is not a key of this program; the keys are ${known.join(", ")}.`);
  }
}

function regionOf({ values }: ConfigSource, problems: string[]): string {
  const region = values["aws:region"] ?? "";
  if (!region) problems.push('aws:region is missing; set it with "pulumi config set aws:region eu-central-1".');
  else if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    problems.push(problem("aws:region", region, "the code of an AWS region, such as eu-central-1"));
  return region;
}

function suffixOf(configured: string, audit: boolean, { stack }: ConfigSource, problems: string[]): string {
  const suffix = configured === "" ? stack : configured;
  const origin = configured === "" ? "environmentSuffix (the stack's name, as none is set)" : "environmentSuffix";
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(suffix)) problems.push(problem(origin, suffix, configSchema.environmentSuffix.allowed));
  const tooLong = tooLongName(suffix, { audit });
  if (tooLong) {
    problems.push(
      `${origin} is ${JSON.stringify(suffix)} with ${suffix.length} characters, but must be at most ${tooLong.longestSuffix}: ` +
        `the ${tooLong.kind} ${tooLong.name} would have ${tooLong.name.length} of at most ${tooLong.limit}.`,
    );
  }
  return suffix;
}

function reservedOf(value: number): number | undefined {
  return value < 0 ? undefined : value;
}

/** An endpoint may be a secret: no message shows it. */
function subscriptionsOf(values: unknown[], problems: string[]): AlertSubscription[] {
  const subscriptions = values as Partial<AlertSubscription>[];
  for (const [index, entry] of subscriptions.entries()) {
    const usable = typeof entry?.endpoint === "string" && entry.endpoint !== "" && subscriptionProtocols.includes(entry.protocol!);
    if (usable) continue;
    const shown = typeof entry === "object" && entry !== null ? { ...entry, endpoint: entry.endpoint && "…" } : entry;
    problems.push(problem(`alertSubscriptions[${index}]`, shown, configSchema.alertSubscriptions.allowed));
  }
  return subscriptions as AlertSubscription[];
}

function domainOf(name: string, zone: string, problems: string[]): Domain | undefined {
  if (name === "" && zone === "") return undefined;
  const hostedZone = zone === "" ? name.slice(name.indexOf(".") + 1) : zone;
  const endsDomain = name === hostedZone || name.endsWith(`.${hostedZone}`);
  if (!hostName.test(name)) problems.push(problem("domain", name, configSchema.domain.allowed));
  else if (!hostName.test(hostedZone) || !endsDomain) problems.push(problem("hostedZone", hostedZone, configSchema.hostedZone.allowed));
  return { name, hostedZone };
}

function accountsOf(values: unknown[], problems: string[]): string[] {
  const ids = values.map(String);
  const wrong = ids.filter((id) => !/^\d{12}$/.test(id));
  if (wrong.length > 0) problems.push(problem("allowedAccountIds", wrong, configSchema.allowedAccountIds.allowed));
  return ids;
}
