import { UsageError } from "../lib/errors";
import { flag, parseOptions, text } from "../lib/options";
import { filterOptions } from "./filters";

const options = {
  ...filterOptions,
  stack: text,
  limit: text,
  rate: text,
  all: flag,
  json: flag,
  "dry-run": flag,
  yes: flag,
  payload: flag,
  help: flag,
} as const;
type Option = keyof typeof options;

/** Of the command line, as it was given. */
export type Options = ReturnType<typeof parse>["values"];

/** The options that a command takes, and why it refuses some ids; anything else would be ignored, and is refused. */
interface Takes {
  options: readonly Option[];
  refusal: (ids: readonly string[]) => string | undefined;
}

const noId = (command: string) => (ids: readonly string[]) =>
  ids.length > 0 ? `${command} takes no argument, but got "${ids[0]}".` : undefined;
const filters = Object.keys(filterOptions) as (keyof typeof filterOptions)[];

const commands = {
  list: { options: [...filters, "limit", "json"], refusal: noId("list") },
  show: {
    options: ["payload", "json"],
    refusal: (ids) => (ids.length === 1 ? undefined : "show takes one transaction id, such as stripe#evt_1."),
  },
  redrive: { options: [...filters, "all", "rate", "dry-run", "yes", "json"], refusal: () => undefined },
  replay: {
    options: ["since", "until", "dry-run", "yes", "json"],
    refusal: ([id]) =>
      id && `replay cannot publish "${id}" alone: it publishes everything from --since to --until again, to every subscriber.`,
  },
  stats: { options: [...filters, "json"], refusal: noId("stats") },
} satisfies Record<string, Takes>;
export type CommandName = keyof typeof commands;

export interface CommandLine {
  /** `undefined`: none was given. */
  command: CommandName | undefined;
  values: Options;
  ids: string[];
}

/** Reads what was asked for. @throws UsageError at an unknown command, and at anything that the command would ignore */
export function readCommandLine(args: string[]): CommandLine {
  const { values, positionals } = parse(args);
  const [command, ...ids] = positionals;
  if (values.help || command === undefined) return { command: undefined, values, ids };
  if (!isCommand(command)) throw new UsageError(`There is no command "${command}", but ${Object.keys(commands).join(", ")}.`);
  const takes: Takes = commands[command];
  const foreign = (Object.keys(values) as Option[]).find((name) => name !== "stack" && !takes.options.includes(name));
  if (foreign) throw new UsageError(`${command} takes no --${foreign}.`);
  const refusal = takes.refusal(ids);
  if (refusal) throw new UsageError(refusal);
  return { command, values, ids };
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name);

function parse(args: string[]) {
  return parseOptions({ args, allowPositionals: true, options }, "npm run events -- --help lists what there is");
}
