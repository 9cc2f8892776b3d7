import * as assert from "node:assert/strict";
import type { Trigger } from "../../domain/destinations";
import { Status } from "../../domain/event";
import { createClients } from "../../local/clients";
import { startMiniStack, type RunningAws } from "../../local/ministack";
import { deploySettings } from "../../local/pipeline";
import { everyProvider, withNamespace } from "../../local/settings";
import type { Ended } from "./commands";
import { startedEndpoint } from "./endpoint";
import { eventually } from "./eventually";
import { Operator } from "./operator";
import { itemWithStatus, send, type PipelineUnderTest } from "./pipeline";

const at = (name: string) => `https://${name}.example.com/`;

/** Filters of the destinations: one that posts everything of Stripe's, one that gets nothing at first, and a queue. */
const configured = [
  { name: "orders", url: at("orders"), sources: ["stripe"], eventTypes: ["payment_intent.*"] },
  { name: "ledger", url: at("ledger"), kinds: ["payout"] },
  { name: "audit", type: "queue", sources: ["stripe"] },
];

/** Request that an endpoint got. */
interface Posted {
  trigger: Trigger;
  /** Its `webhook-id`. */
  id: string;
  type: string;
  data: { transactionId: string };
}

/** Delivery as `destinations show` prints it. */
interface ShownDelivery {
  status: string;
  attempts: number;
  generation?: string;
  error?: string;
  history: { at: string; status?: number; body?: string }[];
}

/** Destination as `destinations list` prints it. */
export interface ListedDestination {
  name: string;
  state: string;
  deadLetters: number;
  waiting: number;
  inFlight: number;
  paused?: object;
}

/** A pipeline of its own with destinations, for the tests of a suite, and somebody who has no more than the output operatorPolicy gives. */
export class DeliveringPipeline {
  readonly endpoint = startedEndpoint();
  pipeline!: PipelineUnderTest;
  operator!: Operator;

  constructor() {
    let running: RunningAws | undefined;
    before(async () => {
      running = await startMiniStack({ region: "us-east-1" });
      const settings = everyProvider("us-east-1", "dest");
      const own = withNamespace(settings.project, { destinations: JSON.stringify(configured) });
      const localUrl = this.endpoint.url;
      const destinations = ["orders", "ledger"].map((name) => ({ name, auth: "none", url: at(name), localUrl }) as const);
      const deployed = await deploySettings(running.aws, { ...settings, config: { ...settings.config, ...own }, destinations });
      this.pipeline = { ...deployed, clients: createClients(running.aws) } as PipelineUnderTest;
      this.operator = await Operator.create(this.pipeline, "operator");
    }).timeout(60_000);
    after(async () => {
      this.operator?.stop();
      await running?.stop();
    });
  }

  /** Runs `destinations …`. */
  run = (...args: string[]): Promise<Ended> => this.operator.runCommand("destinations", ...args).ended;

  /** Runs `destinations … --json`. @returns what it prints */
  json = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await this.run(...args, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout.toString()) as T;
  };

  /** Sends an event, and waits until it is published. @returns its transaction ID */
  publish = async (provider: "stripe" | "square" = "stripe"): Promise<string> => {
    const id = (await send(this.pipeline, provider)).body.transactionId!;
    await itemWithStatus(this.pipeline, id, Status.processed);
    return id;
  };

  /** Lists what the endpoint got. */
  posted = (): Posted[] =>
    this.endpoint.received.map(({ headers, body }) => ({
      trigger: headers["webhook-trigger"] as Trigger,
      id: String(headers["webhook-id"]),
      ...(JSON.parse(body.toString()) as Pick<Posted, "type" | "data">),
    }));

  postedAs = (trigger: Trigger, transactionId: string): Promise<Posted> =>
    eventually(`${transactionId} to be posted as ${trigger}`, async () =>
      this.posted().find((one) => one.trigger === trigger && one.data.transactionId === transactionId),
    );

  deliveryOf = (id: string, status: string): Promise<ShownDelivery> =>
    eventually(`the delivery of ${id} to be ${status}`, async () => {
      const { code, stdout } = await this.run("show", "orders", id, "--json");
      const shown = JSON.parse(stdout.toString()) as ShownDelivery;
      return code === 0 && shown.status === status ? shown : undefined;
    });

  statusOf = async (name: string): Promise<ListedDestination> =>
    (await this.json<ListedDestination[]>("list")).find((row) => row.name === name)!;
}
