import * as pulumi from "@pulumi/pulumi";
import { checkSettings, type GivenSettings } from "./parse";
import { keyDescriptions, type PipelineConfig } from "./schema";
import type { PipelineArgs } from "./args";

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

/** Arguments of a pipeline with all that a program needs to know about it: its region and its name. */
export type StackArgs = PipelineArgs & Required<Pick<PipelineArgs, "region" | "environmentSuffix">>;

/** Reads the running stack's configuration as arguments of its pipeline. @throws ConfigurationError with every problem at once */
export function loadArgs(): StackArgs {
  const raw = { project: pulumi.getProject(), stack: pulumi.getStack(), values: pulumi.runtime.allConfig() };
  const { region, environmentSuffix } = parseConfig(raw);
  return { ...ownValues(raw), region, environmentSuffix };
}

/** Parses raw configuration. @throws ConfigurationError with every problem at once */
export function parseConfig(raw: RawConfig): PipelineConfig {
  const { config, problems } = checkSettings(givenBy(raw));
  if (problems.length > 0) throw new ConfigurationError(problems.map(({ sentence }) => sentence));
  return config;
}

function givenBy(raw: RawConfig): GivenSettings {
  return {
    values: ownValues(raw),
    region: {
      value: raw.values["aws:region"] ?? "",
      place: "aws:region",
      hint: "Set it: pulumi config set aws:region eu-central-1",
    },
    stack: raw.stack,
    fallbackSuffix: { name: raw.stack, owner: "stack" },
  };
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
