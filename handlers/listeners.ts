import { Variable } from "../domain/variables";
import { requiredVariable } from "./aws/environment";
import { eventBridge } from "./aws/eventBridge";
import { sqs } from "./aws/sqs";
import { logger } from "./aws/telemetry";
import { endedListeners, removeListener } from "./endedListeners";
import { safeDescription } from "./errors";

/** Milliseconds between two looks: what is left costs next to nothing. */
const lookEveryMs = 3_600_000;
let lookedAt = -Infinity;

/**
 * Removes the queues and rules of `listen` whose end has passed: their process died. Looks at the first run of a container, and then every
 * hour. It never throws, because events are more important.
 */
export async function removeEndedListeners(now: Date): Promise<void> {
  const eventBusName = process.env[Variable.eventBusName];
  // The functions of a private network without a NAT gateway do not reach EventBridge.
  if (!eventBusName || now.getTime() - lookedAt < lookEveryMs) return;
  lookedAt = now.getTime();
  try {
    const bus = { eventBridge, sqs, eventBusName, deadLetterQueueUrl: requiredVariable(Variable.deadLetterQueueUrl) };
    for await (const { name, end } of endedListeners(bus, now)) {
      await removeListener(bus, name);
      logger.warn("Listener removed", { name, end });
    }
  } catch (error) {
    logger.warn("Listeners not removed", { cause: safeDescription(error) });
  }
}

/** Forgets when it has looked, as a new container does. */
export function forgetLook(): void {
  lookedAt = -Infinity;
}
