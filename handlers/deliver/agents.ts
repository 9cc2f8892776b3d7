import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";

/** Milliseconds after which an idle connection is not used again. Timers stand still between invocations, so the time is compared. */
const idleMs = 4_000;

/** Connections kept at most in one container. */
const mostIdle = 32;

const options = { keepAlive: true, maxFreeSockets: mostIdle, scheduling: "lifo" } as const;

interface Pinned {
  /** Addresses to which a connection may go. */
  addresses?: readonly string[];
}

/** Returns the name of a pool of connections. It contains the addresses, so a request uses only connections to addresses of its own. */
const poolOf = (name: string, { addresses = [] }: Pinned) => `${name}:${[...addresses].sort().join(",")}`;

class PinnedHttpAgent extends http.Agent {
  override getName(options: Parameters<http.Agent["getName"]>[0] & Pinned): string {
    return poolOf(super.getName(options), options);
  }
}

class PinnedHttpsAgent extends https.Agent {
  override getName(options: https.RequestOptions & Pinned): string {
    return poolOf(super.getName(options as Parameters<http.Agent["getName"]>[0]), options);
  }
}

const agents = { "http:": new PinnedHttpAgent(options), "https:": new PinnedHttpsAgent(options) };

const idleSince = new WeakMap<object, number>();
for (const agent of Object.values(agents)) agent.on("free", (socket: Socket) => idleSince.set(socket, Date.now()));

/** Returns the agent of a protocol, without connections that were idle for so long that the other side may have ended them. */
export function agentFor(protocol: "http:" | "https:"): http.Agent {
  const agent = agents[protocol];
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []))
    if (Date.now() - (idleSince.get(socket) ?? 0) > idleMs) socket.destroy();
  return agent;
}

/** Ends all idle connections. */
export function closeConnections(): void {
  for (const agent of Object.values(agents)) agent.destroy();
}
