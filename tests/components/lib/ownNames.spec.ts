import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { PipelineArgs } from "../../../config/args";
import { configOf } from "../../../config/fromArgs";
import { nameProblem, ownersOfProgram } from "../../../components/lib/ownNames";
import { mockBackend } from "../../../preflight/graph/mocks";

const account = "123456789012";

describe("Names of the pipelines of a program", () => {
  beforeEach(() => pulumi.runtime.setMocks(mockBackend("eu-central-1"), "shop", "dev"));

  /** Returns what is wrong with the second of two pipelines. */
  function problemOf(first: PipelineArgs, second: PipelineArgs, [one, two] = [account, account]): string | undefined {
    const owners = ownersOfProgram();
    const [blue, green] = Object.entries({ blue: first, green: second }).map(([name, args]) =>
      configOf(name, { region: "eu-central-1", ...args }),
    );
    assert.equal(nameProblem(owners, "blue", `the account ${one}`, blue), undefined);
    return nameProblem(owners, "green", `the account ${two}`, green);
  }

  it("are told apart by their suffixes, accounts and regions", () => {
    assert.equal(problemOf({}, {}), undefined);
    assert.equal(problemOf({ environmentSuffix: "eu" }, { environmentSuffix: "my-eu" }), undefined);
    assert.equal(problemOf({ environmentSuffix: "x" }, { environmentSuffix: "x" }, [account, "210987654321"]), undefined);
    assert.equal(problemOf({ environmentSuffix: "y" }, { environmentSuffix: "y", region: "us-east-1" }), undefined);
  });

  it("are refused for the second of two pipelines with one suffix: which name, and what to do", () => {
    assert.equal(
      problemOf({ environmentSuffix: "x" }, { environmentSuffix: "x" }),
      "The pipelines blue and green would both create the table webhook-events-x in the account 123456789012 and region eu-central-1. " +
        "Give each its own environmentSuffix, of which none ends in another, or place them in different accounts or regions.",
    );
  });

  const orders = { name: "orders", url: "https://orders.example.com/webhooks" };
  const collisions: Record<string, [first: PipelineArgs, second: PipelineArgs]> = {
    "the secret webhook-stripe-my-eu": [{ sources: [{ provider: "stripe", name: "stripe-my" }] }, { sources: ["stripe"] }],
    "the queue webhook-to-orders-my-eu": [{ destinations: [{ ...orders, name: "orders-my" }] }, { destinations: [orders] }],
  };
  for (const [name, [first, second]] of Object.entries(collisions))
    it(`are refused if both have ${name}, although their suffixes differ`, () => {
      const problem = problemOf({ ...first, environmentSuffix: "eu" }, { ...second, environmentSuffix: "my-eu" });
      assert.ok(problem?.includes(` ${name} `), problem);
    });

  it("are refused if the role of one's deliveries is that of the other's schedule", () => {
    const destinations = [orders];
    const problem = problemOf(
      { environmentSuffix: "eu", destinations },
      { environmentSuffix: "schedule-eu", destinations: [{ ...orders, name: "b" }] },
    );
    assert.match(String(problem), /both create the role webhook-deliver-schedule-eu /);
  });

  it("are free in the next run of a process, and for the same pipeline again", async () => {
    assert.equal(problemOf({ environmentSuffix: "x" }, {}), undefined);
    assert.equal(
      nameProblem(ownersOfProgram(), "blue", account, configOf("blue", { region: "eu-central-1", environmentSuffix: "x" })),
      undefined,
    );
    await pulumi.runtime.setMocks(mockBackend("eu-central-1"), "shop", "dev");
    assert.equal(problemOf({}, { environmentSuffix: "x" }), undefined);
  });
});
