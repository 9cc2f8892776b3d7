import type { Backend } from "../../cli/console/backend";
import type { Session } from "../../cli/console/api";

const session: Session = {
  stack: "prod",
  place: "AWS",
  account: "123456789012",
  region: "eu-central-1",
  canWrite: false,
  pollMs: 3_000,
  sources: ["stripe"],
  destinations: [],
  eventBusName: "webhook-events-prod",
};

/** Returns a backend that has only what a specification gives it: any other call fails. */
export function stubBackend(given: Partial<Omit<Backend, "session">> & { session?: Partial<Session> } = {}): Backend {
  const backend = { ...given, session: { ...session, ...given.session } };
  return new Proxy(backend as Backend, {
    get: (all, name) => {
      if (name in all || name === "sample" || name === "send") return Reflect.get(all, name) as unknown;
      return () => Promise.reject(new Error(`The specification gives no ${String(name)}.`));
    },
  });
}
