import { DeliveryAttribute, DeliveryStatus, type DeliveryDeadLetter } from "../../../domain/destinations";
import type { Change, Item } from "../eventsTable";
import type { MatrixDestination } from "../settings";
import { canary } from "../traffic";
import { oddEvents, type Target } from "./target";
import type { DeliveryWorld } from "./world";

const statusOf = (item: Item | undefined) => item?.[DeliveryAttribute.status]?.S;

/** Watches every write of a row for states that must never exist, even briefly. */
export class RowWatch {
  readonly broken: string[] = [];

  /** @param world returns the watched world, which is created later */
  constructor(private readonly world: () => DeliveryWorld) {}

  readonly onChange = ({ id, before, after }: Change): void => {
    const [name, ...rest] = id.split("#");
    if (rest.length === 0) return;
    const target = this.world().targets.get(name as MatrixDestination)!;
    const transactionId = rest.join("#");
    const [was, is] = [statusOf(before), statusOf(after)];
    if (was === DeliveryStatus.delivered && is !== was) this.broken.push(`${id} leaves DELIVERED`);
    if (is === DeliveryStatus.delivered && !wasAccepted(target, transactionId))
      this.broken.push(`${id} is DELIVERED, and was not accepted`);
    if (is === DeliveryStatus.failed && !hasDeadLetter(target, transactionId))
      this.broken.push(`${id} is FAILED before its dead letter is sent`);
    const isUndelivered = after[DeliveryAttribute.undelivered] !== undefined;
    if (isUndelivered === (is === DeliveryStatus.delivered))
      this.broken.push(`${id} is ${is} and ${isUndelivered ? "" : "not "}in the index`);
  };
}

const wasAccepted = ({ accepted }: Target, transactionId: string) => accepted.some((one) => one.transactionId === transactionId);

const hasDeadLetter = ({ deadLetters }: Target, transactionId: string) =>
  deadLetters.messages.some(({ body }) => (JSON.parse(body) as DeliveryDeadLetter).transactionId === transactionId);

/** Lists the broken guarantees at the end of a run. @param events all transaction IDs */
export function brokenDeliveries(
  world: DeliveryWorld,
  events: readonly string[],
  watch: RowWatch,
  output: string,
  secret: string,
): string[] {
  const broken = [...watch.broken];
  for (const target of world.targets.values())
    for (const [number, id] of events.entries()) {
      const row = world.deliveries.items.get(`${target.name}#${id}`);
      const isNeverTaken = target.name === "orders" && number === oddEvents.neverTaken;
      if (isNeverTaken && !(statusOf(row) === DeliveryStatus.failed && hasDeadLetter(target, id)))
        broken.push(`${target.name}: ${id} was refused, and is not FAILED with a dead letter`);
      if (!isNeverTaken && !wasAccepted(target, id)) broken.push(`${target.name}: ${id} was never accepted`);
      if (!isNeverTaken && hasDeadLetter(target, id)) broken.push(`${target.name}: ${id} was accepted, and is a dead letter`);
      const isQueued = target.queue.messages.some(({ body }) => body.includes(`"${id}"`));
      if (isQueued) broken.push(`${target.name}: ${id} is still in the queue`);
      else if (statusOf(row) === DeliveryStatus.open) broken.push(`${target.name}: ${id} is OPEN, and its message is gone`);
    }
  return [...broken, ...leaks(world, output, secret)];
}

/** Lists payloads, secrets and signatures in what people and other services see. */
function leaks({ targets }: DeliveryWorld, output: string, secret: string): string[] {
  const all = [...targets.values()];
  const secrets = { payload: canary, secret: secret.replace("whsec_", "") };
  const letters = JSON.stringify(all.map(({ deadLetters, queue }) => [deadLetters.messages, queue.messages]));
  const signatures = all.flatMap((target) => [...target.signatures]);
  return Object.entries({ "the log": output, "a queue": letters }).flatMap(([where, text]) => [
    ...Object.entries(secrets).flatMap(([what, value]) => (text.includes(value) ? [`a ${what} is in ${where}`] : [])),
    ...(signatures.some((signature) => text.includes(signature)) ? [`a signature is in ${where}`] : []),
  ]);
}

/** Counts deliveries that were accepted more than once. */
export function countRepeated({ targets }: DeliveryWorld): number {
  return [...targets.values()].reduce(
    (sum, { accepted }) => sum + accepted.length - new Set(accepted.map(({ transactionId }) => transactionId)).size,
    0,
  );
}
