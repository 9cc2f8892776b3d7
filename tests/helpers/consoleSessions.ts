/** Sessions for tests of the console's page. */
import type * as api from "../../cli/console/api";

/** Names of the sources. */
export const sources = ["adyen", "github", "paypal", "shopify", "stripe"];

/** Session of the local run. */
export const localSession: api.Session = {
  stack: null,
  place: "LOCAL",
  account: null,
  region: "us-east-1",
  canWrite: true,
  pollMs: 500,
  sources,
  destinations: [
    { name: "orders", type: "https" },
    { name: "ledger", type: "https" },
    { name: "analytics", type: "queue" },
  ],
  eventBusName: "webhook-events-local",
};

/** Session of a deployed stack without `--write`. */
export const deployedSession: Partial<api.Session> = {
  stack: "prod",
  place: "AWS",
  account: "123456789012",
  region: "eu-central-1",
  canWrite: false,
};
