import * as assert from "node:assert/strict";
import type { PolicyResource, ResourceValidationArgs, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import type { GraphResource } from "../../preflight/graph/resource";
import { Type } from "../../preflight/graph/types";
import { crossguardPolicies } from "../../preflight/crossguard";
import { rules } from "../../preflight/preflight";
import { guarded, program } from "../../testbed/program";
import { BrokenGraph } from "../helpers/brokenGraph";

/** Passes resources to a pack as the engine does: first the inputs of each, then the stack with the provider's answers. */
class EngineSide {
  readonly reports: string[] = [];
  readonly #policies = crossguardPolicies(rules);

  constructor(
    private readonly resources: readonly GraphResource[],
    /** Returns the provider's answer for a resource: by default, its inputs and outputs. */
    private readonly stateOf = ({ inputs, outputs }: GraphResource): object => ({ ...inputs, ...outputs }),
  ) {}

  validate(): string[] {
    const [remember, ...policies] = this.#policies as StackValidationPolicy[];
    const { validateResource } = remember as unknown as { validateResource: (args: ResourceValidationArgs, report: () => void) => void };
    for (const { urn, inputs } of this.resources) validateResource({ urn, props: inputs } as ResourceValidationArgs, () => {});
    for (const { name, enforcementLevel, validateStack } of policies)
      void validateStack({ resources: this.#stack() } as unknown as StackValidationArgs, (message, urn) =>
        this.reports.push(`${enforcementLevel} ${name} ${urn?.split("::").at(-1)}: ${message}`),
      );
    return this.reports;
  }

  #stack(): PolicyResource[] {
    const known = new Map<string, PolicyResource>();
    const find = (urns: string[]) => urns.flatMap((urn) => known.get(urn) ?? []);
    for (const one of this.resources) {
      const { urn, type, name, custom, parent, protect } = one;
      const provider = custom && !type.startsWith("pulumi:") ? { type: Type.provider } : undefined;
      known.set(urn, { urn, type, name, provider, props: this.stateOf(one), opts: { parent, protect } } as unknown as PolicyResource);
    }
    for (const { urn, dependencies, propertyDependencies } of this.resources)
      Object.assign(known.get(urn)!, {
        dependencies: find(dependencies),
        propertyDependencies: Object.fromEntries(Object.entries(propertyDependencies).map(([key, urns]) => [key, find(urns)])),
      });
    return [...known.values()];
  }
}

describe("The policy pack", () => {
  it("has a policy named after each rule: mandatory for an error, advisory for a warning", () => {
    const [, ...policies] = crossguardPolicies(rules);
    assert.deepEqual(
      policies.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
      rules.map(({ id, severity }) => [id, severity === "error" ? "mandatory" : "advisory"]),
    );
  });

  it("finds nothing in this program", async () => {
    assert.deepEqual(new EngineSide((await program(guarded)).resources).validate(), []);
  });

  it("reports what the preflight finds, with AWS's error", async () => {
    const broken = new BrokenGraph((await program()).resources);
    broken.set(Type.queue, "messageRetentionSeconds", 59);
    const [report, ...others] = new EngineSide(broken.resources).validate();
    assert.deepEqual(others, []);
    assert.match(
      report,
      /^mandatory sqs-retention webhook-event-store-dead-letters: messageRetentionSeconds is 59\. AWS allows 60 to 1,209,600 s\.\nAWS: Invalid/,
    );
  });

  it("checks the program's inputs, not the zeros and empty strings of the provider's answers", async () => {
    const { resources } = await program();
    const withZeros = new EngineSide(resources, ({ inputs, outputs }) => ({
      metricName: "",
      period: 0,
      policy: "",
      ...inputs,
      ...outputs,
    }));
    assert.deepEqual(withZeros.validate(), []);
  });

  it("accepts a name that Pulumi generates from the program's name", async () => {
    const broken = new BrokenGraph((await program(guarded)).resources);
    broken.set(Type.role, "name", "webhook-api-logs-dev-1a2b3c4", "webhook-api-logs-dev");
    assert.deepEqual(new EngineSide(broken.resources).validate(), []);
  });

  it("treats a value that throws as known only after deployment", async () => {
    const { resources } = await program({}, { preview: true });
    const throwing = (props: object): object =>
      new Proxy(props, {
        get: (target, key) => {
          const value = (target as Record<string | symbol, unknown>)[key];
          if (value === "[unknown]") throw new Error("not known yet");
          return value;
        },
      });
    const asTheEngineGives = resources.map((one) => ({ ...one, inputs: throwing(one.inputs) as Record<string, unknown> }));
    assert.deepEqual(new EngineSide(asTheEngineGives, ({ inputs }) => inputs).validate(), []);
  });

  it("hides the address of an alert, which can contain a token", async () => {
    const { resources } = await program({ alertSubscriptions: [{ protocol: "https", endpoint: "https://example.com/token" }] });
    const broken = new BrokenGraph(resources);
    broken.set(Type.topicSubscription, "endpoint", "ftp://example.com/token-0123");
    assert.doesNotMatch(new EngineSide(broken.resources).validate().join(), /token-0123/);
  });
});
