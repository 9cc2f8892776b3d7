import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
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

/** Shows each request that the receiver refuses, from its log. */
export class RefusalWatcher {
  private readonly seen = new Set<string>();
  private since = Date.now();

  constructor(
    private readonly clients: Pick<Clients, "logs">,
    private readonly functionName: string,
    private readonly show: (line: string) => void,
  ) {}

  /** Reads the log once, and shows what is new. */
  async look(): Promise<void> {
    for (const line of await this.read()) if (isRefusal(line)) this.show(describe(line));
  }

  /** Returns the lines since the last call, oldest first. Leaves out what is no JSON object. */
  private async read(): Promise<Partial<RefusedLine>[]> {
    const { events = [] } = await this.clients.logs.send(
      new FilterLogEventsCommand({
        logGroupName: logGroupName.lambda(this.functionName),
        startTime: this.since,
        filterPattern: '"Refused"',
      }),
    );
    const unseen = events.filter(({ eventId, timestamp = 0, message = "" }) => {
      const key = eventId ?? `${timestamp} ${message}`;
      return !this.seen.has(key) && this.seen.add(key);
    });
    // Lines of the last second may still arrive.
    this.since = Math.max(this.since, ...events.map(({ timestamp = 0 }) => timestamp - 1_000));
    return unseen.flatMap(({ message = "" }) => parseLine(message) ?? []);
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
