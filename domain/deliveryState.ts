/** Defines how a destination is paused and resumed as conditional writes of its state, for the function and the commands. */
import { DeliveryAttribute, type PauseCause } from "./destinations";
import { conditionalWrite, transition, type ConditionalWrite, type Transition } from "./lifecycle";

const free = "attribute_not_exists(#paused)";
/** A destination that is paused already has been since then: its events have waited as long, and SQS forgets the oldest as soon. */
const since = "#pausedAt = if_not_exists(#pausedAt, :now)";
/** Begins to send: the rate rises from now on, and failures that were counted before count no more. */
const begin =
  "SET #resumedAt = :now, #failuresInRow = :zero, #windowSent = :zero, #windowFailed = :zero REMOVE #paused, #pauseReason, #pausedAt";

export const stateTransitions = {
  /** Pauses in the name of an operator, also what the breaker or the endpoint has paused, with a reason. */
  pauseByOperator: transition(`${free} OR #paused <> :operator`, `SET #paused = :operator, #pauseReason = :reason, ${since}`, [
    "reason",
    "now",
  ]),

  /** Pauses in the name of an operator who gives no reason: another one's does not stay. */
  pauseByOperatorWithoutReason: transition(`${free} OR #paused <> :operator`, `SET #paused = :operator, ${since} REMOVE #pauseReason`, [
    "now",
  ]),

  /** Pauses because of failures. What is paused already stays so. */
  pauseByBreaker: transition(free, `SET #paused = :breaker, #pauseReason = :reason, ${since}`, ["reason", "now"]),

  /** Pauses because the endpoint wants no more: that counts more than the breaker. What an operator has paused stays so. */
  pauseByEndpoint: transition(`${free} OR #paused = :breaker`, `SET #paused = :endpoint, #pauseReason = :reason, ${since}`, [
    "reason",
    "now",
  ]),

  /** Ends a pause, whoever made it. */
  resume: transition("attribute_exists(#paused)", begin, ["now"]),

  /** Ends the breaker's pause after a probe was accepted, unless the destination was paused for another reason meanwhile. */
  probeResume: transition("#paused = :breaker", begin, ["now"]),
} as const;

const constants = {
  breaker: { S: "breaker" satisfies PauseCause },
  endpoint: { S: "endpoint" satisfies PauseCause },
  operator: { S: "operator" satisfies PauseCause },
  zero: { N: "0" },
};

/** Returns the parameters of a transition's UpdateItem, without table and key. */
export const stateWrite = <Given extends string, Value>(
  transition: Transition<Given>,
  given: Record<Given, Value>,
): ConditionalWrite<Value> => conditionalWrite(transition, given, { attributes: DeliveryAttribute, constants });
