import { UsageError } from "../lib/errors";
import { parseOptions } from "../lib/options";
import { filterOptions } from "./filters";

const flag = { type: "boolean" } as const;
const text = { type: "string" } as const;
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

/** What a command takes; anything else would be ignored, and is refused. */
interface Takes {
  options: readonly Option[];
  /** Its arguments: how many there may be, and what is said where there are others. */
  ids: { least: number; most: number; otherwise: (surplus: string) => string };
}

const noId = (command: string) => ({
  least: 0,
  most: 0,
  otherwise: (surplus: string) => `${command} takes no argument, but got "${surplus}".`,
});
const filters = Object.keys(filterOptions) as (keyof typeof filterOptions)[];

const commands: Readonly<Record<string, Takes>> = {
  list: { options: [...filters, "limit", "json"], ids: noId("list") },
  show: {
    options: ["payload", "json"],
    ids: { least: 1, most: 1, otherwise: () => "show takes one transaction id, such as stripe#evt_1." },
  },
  redrive: {
    options: [...filters, "all", "rate", "dry-run", "yes", "json"],
    ids: { least: 0, most: Infinity, otherwise: () => "" },
  },
  replay: {
    options: ["since", "until", "dry-run", "yes", "json"],
    ids: {
      ...noId("replay"),
      otherwise: (surplus) =>
        `replay cannot publish "${surplus}" alone: it publishes everything from --since to --until again, to every subscriber.`,
    },
  },
  stats: { options: [...filters, "json"], ids: noId("stats") },
};

export interface CommandLine {
  /** `undefined`: none was given. */
  command: string | undefined;
  values: Options;
  ids: string[];
}

/** @throws UsageError at a command that there is not, and at anything that the command would ignore */
export function readCommandLine(args: string[]): CommandLine {
  const { values, positionals } = parse(args);
  const [command, ...ids] = positionals;
  if (values.help || command === undefined) return { command, values, ids };
  if (!Object.hasOwn(commands, command)) throw new UsageError(`There is no command "${command}", but ${Object.keys(commands).join(", ")}.`);
  const takes = commands[command];
  const foreign = (Object.keys(values) as Option[]).find((name) => name !== "stack" && !takes.options.includes(name));
  if (foreign) throw new UsageError(`${command} takes no --${foreign}.`);
  if (ids.length < takes.ids.least || ids.length > takes.ids.most) throw new UsageError(takes.ids.otherwise(ids[takes.ids.most]));
  return { command, values, ids };
}

function parse(args: string[]) {
  return parseOptions({ args, allowPositionals: true, options }, "npm run events -- --help lists what there is");
}
