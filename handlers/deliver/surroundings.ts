import { setTimeout } from "node:timers/promises";
import { send, type Answer, type OutgoingRequest } from "./send";

/** What a delivery depends on beside AWS: time, chance, and the network. A simulation has its own. */
export interface Surroundings {
  /** Returns the time, epoch milliseconds. */
  now: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  /** Returns a number from 0 up to, but not including, 1. */
  random: () => number;
  send: (request: OutgoingRequest) => Promise<Answer>;
}

export const realSurroundings: Surroundings = {
  now: () => Date.now(),
  sleep: (milliseconds) => setTimeout(milliseconds),
  random: () => Math.random(),
  send: (request) => send(request),
};
