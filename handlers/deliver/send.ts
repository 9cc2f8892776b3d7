import { addressesOf, ForbiddenAddress, systemResolve, type Resolve } from "./addresses";
import { abortable, postUntilNew, type Answered, type Content } from "./post";

export interface OutgoingRequest extends Content {
  url: string;
  /** Milliseconds until the headers of the answer must be there, from the resolution of the name on. */
  timeoutMs: number;
  /** True if the destination is a service on this machine. */
  isLocal: boolean;
}

/** What came of a request: an answer, or the class of an error. */
export type Answer = Answered | { error: string };

/** Error classes of our own, beside the codes of Node.js. `secret`: nothing was sent, because the destination's secret is of no use. */
export const sendErrors = { timeout: "timeout", forbiddenAddress: "forbidden-address", secret: "secret" } as const;

/**
 * Posts a request. It goes only to addresses that were resolved and checked for this attempt, and without TLS only to a service on this
 * machine. It never throws.
 * @param resolve resolves the name of the host
 */
export async function send(request: OutgoingRequest, resolve: Resolve = systemResolve): Promise<Answer> {
  const deadline = AbortSignal.timeout(Math.max(0, request.timeoutMs));
  try {
    const url = new URL(request.url);
    const addresses = await abortable(addressesOf(url.hostname, request.isLocal, resolve), deadline);
    if (url.protocol === "http:" && !request.isLocal) throw new PlainHttp();
    return await postUntilNew(url, request, addresses, deadline);
  } catch (error) {
    return { error: deadline.aborted ? sendErrors.timeout : classOf(error) };
  }
}

/** Refuses a request without TLS, as `node:https` refuses every protocol but its own. */
class PlainHttp extends Error {
  readonly code = "ERR_INVALID_PROTOCOL";
}

/** Returns the class of an error, such as `ECONNREFUSED`. Messages may quote addresses. */
function classOf(error: unknown): string {
  if (error instanceof ForbiddenAddress) return sendErrors.forbiddenAddress;
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
}
