import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { bundleFile, bundleHandler } from "../../components/lib/bundle";
import { signedEvent, testSigning } from "../../testbed/handlers";
import { childEnvironment, messageOf, startChild } from "./children";
import { median, pairedRatio, type Figure } from "./samples";

/** Bytes of a typical Stripe event. */
const bodyBytes = 3_000;

/** Measures the CPU time of a warm receiver, compared with a minimal handler. */
export async function measureReceiver({ rounds, perRound }: { rounds: number; perRound: number }): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "webhook-bench-"));
  const { signing } = await testSigning();
  const stub = startChild(path.join(__dirname, "stub.mjs"), [signing.stripe.secret]);
  try {
    const port = await messageOf<number>(stub);
    const eventsFile = path.join(folder, "events.json");
    writeFileSync(eventsFile, JSON.stringify(Array.from({ length: perRound }, (_, number) => eventOf(number, signing))));
    const modules = [bundleHandler("receive"), bundleFile("tools/bench/floor.ts", "floor")].map((bundle) =>
      path.resolve(bundle["index.mjs"]),
    );
    const environment = { ...childEnvironment(`http://127.0.0.1:${port}`), FLOOR_SECRET: signing.stripe.secret };
    const turns = startChild(path.join(__dirname, "turns.mjs"), [JSON.stringify({ modules, eventsFile, rounds, perRound })], environment);
    const [receiver, floor] = await messageOf<[number[], number[]]>(turns);
    return [
      {
        id: "receiver-cpu",
        what: "Receiver, CPU time of a warm event, vs. the minimal handler",
        value: pairedRatio(receiver, floor),
        unit: "×",
        bound: 1.2,
      },
      { id: "receiver-cpu-floor", what: "Minimal handler: HMAC, JSON and one put", value: median(floor) / 1_000, unit: "ms" },
    ];
  } finally {
    stub.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

function eventOf(number: number, signing: Awaited<ReturnType<typeof testSigning>>["signing"]) {
  const object: Record<string, unknown> = { id: `pi_${number}`, object: "payment_intent", amount: 4200, currency: "eur" };
  const event = { id: `evt_${number}`, object: "event", type: "payment_intent.succeeded", created: 1_760_000_000, data: { object } };
  // Random and equal fields alternate, so that the body compresses as real ones do.
  for (let field = 0; JSON.stringify(event).length < bodyBytes; field++)
    object[`field_${field}`] = field % 2 === 0 ? createHash("sha256").update(`${number} ${field}`).digest("hex").slice(0, 24) : null;
  return signedEvent("stripe", Buffer.from(JSON.stringify(event)), signing);
}
