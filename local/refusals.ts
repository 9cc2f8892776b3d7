import { FilterLogEventsCommand, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { logGroupName } from "../domain/names";
import { Refusal, type RefusalCode } from "../handlers/errors";
import type { Clients } from "./clients";

/** Line that the receiver logs for a refused request. It holds neither a payload nor a secret. */
interface RefusedLine {
  message: string;
  source: string;
  code: RefusalCode;
  /** The check that failed, in a word or two. */
  reason: string;
  sourceIp?: string;
}

/** Request that the receiver has refused. It holds neither a payload nor a secret. */
export interface Refused extends Pick<RefusedLine, "source" | "reason" | "sourceIp"> {
  at: Date;
  /** Status of the answer. */
  status: number;
}

/** Shows each request that the receiver refuses, from its log. */
export class RefusalWatcher {
  private readonly seen = new Set<string>();

  /** @param since when the first requests to show were refused, epoch milliseconds */
  constructor(
    private readonly clients: Pick<Clients, "logs">,
    private readonly functionName: string,
    private readonly show: (line: string) => void,
    private since = Date.now(),
  ) {}

  /** Reads the log once, and shows what is new: refusals that do not differ in one line. @returns each of them, oldest first */
  async look(): Promise<Refused[]> {
    const counts = new Map<string, number>();
    const refused = (await this.read()).flatMap(({ at, line }) => {
      if (!isRefusal(line)) return [];
      const shown = describe(line);
      counts.set(shown, (counts.get(shown) ?? 0) + 1);
      const { source, code, reason, sourceIp } = line;
      return [{ at, source, status: new Refusal(code, reason).status, reason, sourceIp }];
    });
    for (const [line, count] of counts) this.show(count === 1 ? line : `${line} ${count} times.`);
    return refused;
  }

  /** Returns the lines since the last call, oldest first. Leaves out what is no JSON object. */
  private async read(): Promise<{ at: Date; line: Partial<RefusedLine> }[]> {
    const events = await this.readEvents();
    const unseen = events.filter(({ eventId, timestamp = 0, message = "" }) => {
      const key = eventId ?? `${timestamp} ${message}`;
      return !this.seen.has(key) && this.seen.add(key);
    });
    // Lines of the last second may still arrive.
    this.since = Math.max(this.since, ...events.map(({ timestamp = 0 }) => timestamp - 1_000));
    return unseen.flatMap(({ timestamp = 0, message = "" }) => {
      const line = parseLine(message);
      return line ? [{ at: new Date(timestamp), line }] : [];
    });
  }

  private async readEvents(): Promise<FilteredLogEvent[]> {
    const found: FilteredLogEvent[] = [];
    const query = { logGroupName: logGroupName.lambda(this.functionName), startTime: this.since, filterPattern: '"Refused"' };
    let nextToken: string | undefined;
    do {
      const page = await this.clients.logs.send(new FilterLogEventsCommand({ ...query, nextToken }));
      found.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found;
  }
}

function parseLine(text: string): Partial<RefusedLine> | undefined {
  try {
    return JSON.parse(text.slice(Math.max(0, text.indexOf("{")))) as Partial<RefusedLine>;
  } catch {
    return undefined;
  }
}

const isRefusal = (line: Partial<RefusedLine>): line is RefusedLine => line.message === "Refused" && line.code !== undefined;

/** Returns one line: the source, the status, and the check that failed. */
function describe({ source, code, reason, sourceIp }: RefusedLine): string {
  const { status, publicMessage } = new Refusal(code, reason);
  return `  ${"REFUSED".padEnd(10)} ${source}  ${status} ${publicMessage} Check: ${reason}${sourceIp ? `, from ${sourceIp}` : ""}.`;
}
