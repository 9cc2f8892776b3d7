import { randomUUID } from "node:crypto";
import type { TestResult } from "../../domain/destinations";
import { attempt } from "./attempt";
import { testBody } from "./body";
import { deliveryOutcomeOf } from "./outcome";
import type { ConfiguredDestination } from "./settings";
import { webhookId } from "./signing";
import type { Surroundings } from "./surroundings";

/** Sends a test event to a destination, whatever its state. It changes nothing. */
export async function sendTest(destination: ConfiguredDestination, surroundings: Surroundings): Promise<TestResult> {
  const body = testBody(new Date(surroundings.now()));
  const request = { id: webhookId(`test ${randomUUID()}`), attempt: 1, trigger: "test", body } as const;
  const { answer, stored } = await attempt(destination, request, surroundings);
  const outcome = deliveryOutcomeOf(answer, surroundings.now());
  return {
    delivered: outcome.kind === "delivered",
    ...(stored.status !== undefined && { status: stored.status }),
    ...(outcome.kind !== "delivered" && { error: outcome.error }),
    durationMs: stored.durationMs,
  };
}
