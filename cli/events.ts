import { asUserError, runCommand } from "./lib/errors";
import { print } from "./lib/output";
import { findTarget, type Target } from "./lib/target";
import { readCommandLine, type CommandName, type Options } from "./events/commandLine";
import { listEvents } from "./events/find";
import { redrive } from "./events/redrive";
import { replay } from "./events/replay";
import { show } from "./events/show";
import { stats } from "./events/stats";

const usage = `npm run events -- COMMAND [OPTIONS]   on the local run or, with --stack NAME, in AWS
  list                       events, oldest first of each status
  show ID [--payload]        one event's whole way; its payload only if asked for, byte for byte where standard output is no terminal
  redrive ID ... | --all     puts FAILED events back into the flow, and removes their dead letters
  replay --since --until     publishes again what was published, to every subscriber of the bus
  stats                      how many events of each status, and dead letters
FILTERS  --source NAME  --kind KIND  --status STATUS  --since MOMENT  --until MOMENT   (2026-01-31T12:00:00Z, or 30m, 6h, 2d ago)
OPTIONS  --json  --dry-run  --yes (asks nothing)  --limit N (list: 100)  --rate N (redrive: 50 events a second)`;

const commands: Record<CommandName, (target: Target, options: Options, ids: string[]) => Promise<number>> = {
  list: listEvents,
  show,
  redrive,
  replay,
  stats,
};

async function main(): Promise<number> {
  const { command, values, ids } = readCommandLine(process.argv.slice(2));
  if (values.help || command === undefined) return print(usage, values.help ? 0 : 2);
  try {
    return await commands[command](await findTarget(values.stack), values, ids);
  } catch (error) {
    throw asUserError(command, error);
  }
}

void runCommand(main);
