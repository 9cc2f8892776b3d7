import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { logGroupName } from "../domain/names";
import type { Clients } from "./clients";

/** Reads the lines that a function logs, each once. They hold neither payloads nor secrets. */
export class FunctionLog<Line extends object> {
  private readonly seen = new Set<string>();
  private since = Date.now();

  /** @param pattern of CloudWatch Logs, which the lines match */
  constructor(
    private readonly clients: Pick<Clients, "logs">,
    private readonly functionName: string,
    private readonly filterPattern: string,
  ) {}

  /** Returns the lines since the last call, oldest first. Leaves out what is no JSON object. */
  async read(): Promise<Partial<Line>[]> {
    const { events = [] } = await this.clients.logs.send(
      new FilterLogEventsCommand({
        logGroupName: logGroupName.lambda(this.functionName),
        startTime: this.since,
        filterPattern: this.filterPattern,
      }),
    );
    const unseen = events.filter(({ eventId, timestamp = 0, message = "" }) => {
      const key = eventId ?? `${timestamp} ${message}`;
      return !this.seen.has(key) && this.seen.add(key);
    });
    // Lines of the last second may still arrive.
    this.since = Math.max(this.since, ...events.map(({ timestamp = 0 }) => timestamp - 1_000));
    return unseen.flatMap(({ message = "" }) => parseLine<Line>(message) ?? []);
  }
}

function parseLine<Line>(text: string): Partial<Line> | undefined {
  try {
    return JSON.parse(text.slice(Math.max(0, text.indexOf("{")))) as Partial<Line>;
  } catch {
    return undefined;
  }
}
