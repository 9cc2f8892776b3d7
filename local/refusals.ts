import { Refusal, type RefusalCode } from "../handlers/errors";
import type { Clients } from "./clients";
import { FunctionLog } from "./functionLog";

/** Line that the receiver logs for a refused request. */
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
  private readonly log: FunctionLog<RefusedLine>;

  constructor(
    clients: Clients,
    functionName: string,
    private readonly show: (line: string) => void,
  ) {
    this.log = new FunctionLog(clients, functionName, '"Refused"');
  }

  /** Reads the log once, and shows what is new. */
  async look(): Promise<void> {
    for (const line of await this.log.read()) if (isRefusal(line)) this.show(describe(line));
  }
}

const isRefusal = (line: Partial<RefusedLine>): line is RefusedLine => line.message === "Refused" && line.code !== undefined;

/** Returns one line: the source, the status, and the check that failed. */
function describe({ source, code, reason, sourceIp }: RefusedLine): string {
  const { status, publicMessage } = new Refusal(code, reason);
  return `  ${"REFUSED".padEnd(10)} ${source}  ${status} ${publicMessage} Check: ${reason}${sourceIp ? `, from ${sourceIp}` : ""}.`;
}
