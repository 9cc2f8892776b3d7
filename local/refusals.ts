import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { logGroupName } from "../domain/names";
import { Refusal, type RefusalCode } from "../handlers/errors";
import type { Clients } from "./clients";

/** Line that the receiver logs for a refused request. */
interface RefusedLine {
  message: string;
  timestamp: string;
  source: string;
  code: RefusalCode;
  /** The check that failed, in a word or two. */
  reason: string;
  sourceIp?: string;
}

/** Shows each request that the receiver refuses, from its log. The log holds neither payloads nor secrets. */
export class RefusalWatcher {
  private readonly seen = new Set<string>();
  private since = Date.now();

  constructor(
    private readonly clients: Clients,
    private readonly functionName: string,
    private readonly show: (line: string) => void,
  ) {}

  /** Reads the log once, and shows what is new. */
  async look(): Promise<void> {
    const logGroup = logGroupName.lambda(this.functionName);
    const { events = [] } = await this.clients.logs.send(
      new FilterLogEventsCommand({ logGroupName: logGroup, startTime: this.since, filterPattern: '"Refused"' }),
    );
    for (const { eventId, timestamp = 0, message = "" } of events) {
      const key = eventId ?? `${timestamp} ${message}`;
      if (this.seen.has(key)) continue;
      this.seen.add(key);
      const line = parseLine(message);
      if (line) this.show(describe(line));
    }
    // Lines of the last second may still arrive.
    this.since = Math.max(this.since, ...events.map(({ timestamp = 0 }) => timestamp - 1_000));
  }
}

function parseLine(text: string): RefusedLine | undefined {
  try {
    const line = JSON.parse(text.slice(Math.max(0, text.indexOf("{")))) as Partial<RefusedLine>;
    return line.message === "Refused" && line.code !== undefined ? (line as RefusedLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns one line: the source, the status, and the check that failed. */
function describe({ source, code, reason, sourceIp }: RefusedLine): string {
  const { status, publicMessage } = new Refusal(code, reason);
  return `  ${"REFUSED".padEnd(10)} ${source}  ${status} ${publicMessage} Check: ${reason}${sourceIp ? `, from ${sourceIp}` : ""}.`;
}
