import type * as api from "../cli/console/api";

/** What each path of the server answers to a GET. */
export interface Answers {
  "/api/session": api.Session;
  "/api/overview": api.Overview;
  "/api/events": api.EventsPage;
  "/api/find": api.Found;
  "/api/feed": api.Feed;
  "/api/event": api.EventView;
  "/api/payload": api.Payload;
  "/api/sources": api.Sources;
  "/api/destinations": api.Destinations;
  "/api/destination": api.DestinationPage;
  "/api/failures": api.Failures;
  "/api/health": api.Health;
  "/api/runbook": api.RunbookEntry;
  "/api/sample": api.SampleBody;
}

/** What each path takes by POST, and answers. */
export interface Actions {
  "/api/redrive": [{ ids: string[] }, api.Done];
  "/api/replay": [{ ids: string[] }, api.Done];
  "/api/redeliver": [{ destination: string; ids: string[] }, api.Done];
  "/api/pause": [{ destination: string; reason?: string }, api.Steered];
  "/api/resume": [{ destination: string }, api.Steered];
  "/api/test": [{ destination: string }, api.Tested];
  "/api/send": [{ source: string; body: string }, api.Sent];
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** A request to which there is no result. `problem.error` is a sentence for people. */
export class RequestError extends Error {
  constructor(
    readonly problem: api.Problem,
    readonly status: number,
  ) {
    super(problem.error);
  }
}

/** Appends a query to a path; what is undefined or empty is left out. */
export function pathWith(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Calls the console's server with the token of its address. Every method throws RequestError. */
export class Client {
  /** @param onRefused is called when the server refuses the token */
  constructor(
    private readonly token: string,
    private readonly onRefused: () => void,
  ) {}

  async get<Path extends keyof Answers>(path: Path, query: Query = {}, signal?: AbortSignal): Promise<Answers[Path]> {
    return (await this.send(pathWith(path, query), { signal })).json() as Promise<Answers[Path]>;
  }

  async post<Path extends keyof Actions>(path: Path, body: Actions[Path][0]): Promise<Actions[Path][1]> {
    const headers = { "content-type": "application/json" };
    return (await this.send(path, { method: "POST", headers, body: JSON.stringify(body) })).json() as Promise<Actions[Path][1]>;
  }

  /** Reads the exact bytes of an event's body. */
  async file(id: string): Promise<Blob> {
    return (await this.send(pathWith("/api/payload/file", { id }), {})).blob();
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${this.token}` } }).catch(
      (error: Error) => {
        throw error.name === "AbortError" ? error : new RequestError(unreachable, 0);
      },
    );
    if (response.ok) return response;
    if (response.status === 401) this.onRefused();
    throw new RequestError(await problemIn(response), response.status);
  }
}

/** There is no server at this address any more. */
export const unreachable: api.Problem = {
  error: "The console's server does not answer. Start it again, and open the address that it prints.",
  code: "unreachable",
};

async function problemIn(response: Response): Promise<api.Problem> {
  const body = (await response.json().catch(() => undefined)) as Partial<api.Problem> | undefined;
  const error = body?.error ?? `The server answered ${response.status}.`;
  return { code: "unexpected", ...body, error };
}

/** Returns the problem of an error that a request threw. */
export function problemOf(error: unknown): api.Problem {
  return error instanceof RequestError ? error.problem : { error: String(error), code: "unexpected" };
}
