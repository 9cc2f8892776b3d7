import { FilterLogEventsCommand, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { logGroupName } from "../domain/names";
import { Refusal, type RefusalCode } from "../handlers/errors";
import { createClients, type Clients } from "./clients";
import type { LocalPipeline } from "./pipeline";
import { readUnrouted, type Unrouted } from "./unrouted";

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

/** Where refused requests are read. */
export interface RefusalPlaces extends Pick<Clients, "logs"> {
  /** Function whose log has what the receiver refuses. */
  functionName: string;
  /** Reads the newest requests that API Gateway has refused. */
  readUnrouted: () => Promise<Unrouted[]>;
}

/** Shows each request that is refused: by the receiver, from its log, and by API Gateway, because no source has its path. */
export class RefusalWatcher {
  private readonly seen = new Set<string>();

  private readonly begin: number;

  /** @param since when the first requests to show were refused, epoch milliseconds */
  constructor(
    private readonly places: RefusalPlaces,
    private readonly show: (line: string) => void,
    private since = Date.now(),
  ) {
    this.begin = since;
  }

  /** Reads once, and shows what is new: refusals that do not differ in one line. @returns each of them, oldest first */
  async look(): Promise<Refused[]> {
    const counts = new Map<string, number>();
    const [logged, unrouted] = await Promise.all([this.read(), this.unrouted()]);
    const refused = [...logged, ...unrouted].flatMap(({ at, line }) => {
      if (!isRefusal(line)) return [];
      const shown = describe(line);
      counts.set(shown, (counts.get(shown) ?? 0) + 1);
      const { source, code, reason, sourceIp } = line;
      return [{ at, source, status: new Refusal(code, reason).status, reason, sourceIp }];
    });
    for (const [line, count] of counts) this.show(count === 1 ? line : `${line} ${count} times.`);
    return refused;
  }

  /** Returns the requests since the last call that no source has, as the receiver would log them. */
  private async unrouted(): Promise<{ at: Date; line: RefusedLine }[]> {
    const found = (await this.places.readUnrouted()).filter(({ at }) => at >= this.begin);
    return found
      .filter(({ number }) => !this.seen.has(`unrouted ${number}`) && this.seen.add(`unrouted ${number}`))
      .map(({ at, source, sourceIp }) => ({
        at: new Date(at),
        line: { message: "Refused", source, code: "unknown_source", reason: "no such source", sourceIp },
      }));
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
    const query = { logGroupName: logGroupName.lambda(this.places.functionName), startTime: this.since, filterPattern: '"Refused"' };
    let nextToken: string | undefined;
    do {
      const page = await this.places.logs.send(new FilterLogEventsCommand({ ...query, nextToken }));
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

/** Watches the refused requests of a local run. @param since as for the watcher */
export function watchRefusals(
  pipeline: Pick<LocalPipeline, "outputs" | "endpoint" | "region" | "accessKeyId" | "secretAccessKey">,
  show: (line: string) => void,
  since?: number,
): RefusalWatcher {
  const { logs } = createClients(pipeline);
  const functionName = pipeline.outputs.receiveFunctionName;
  return new RefusalWatcher({ logs, functionName, readUnrouted: () => readUnrouted(pipeline) }, show, since);
}
