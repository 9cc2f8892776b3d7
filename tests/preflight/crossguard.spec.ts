import * as assert from "node:assert/strict";
import type { PolicyResource, ResourceValidationArgs, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { crossguardPolicies } from "../../preflight/crossguard";
import { rules } from "../../preflight/preflight";
import { guarded, program } from "../../testbed/program";
import { Patient } from "../helpers/patient";

/** Resources as the engine hands them to a pack: inputs one by one, then the stack with what the provider answered. */
class EngineSide {
  readonly reports: string[] = [];
  readonly #policies = crossguardPolicies(rules);

  constructor(
    private readonly resources: readonly GraphResource[],
    /** What the provider answers of a resource; its inputs and outputs, if not said otherwise. */
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
  it("has a policy for each rule, of the rule's name: errors stop a deployment, warnings are shown", () => {
    const [, ...policies] = crossguardPolicies(rules);
    assert.deepEqual(
      policies.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
      rules.map(({ id, severity }) => [id, severity === "error" ? "mandatory" : "advisory"]),
    );
  });

  it("finds nothing in this program", async () => {
    assert.deepEqual(new EngineSide((await program(guarded)).resources).validate(), []);
  });

  it("finds what the preflight finds, and says it in AWS's words", async () => {
    const patient = new Patient((await program()).resources);
    patient.set(Type.queue, "messageRetentionSeconds", 59);
    const [report, ...others] = new EngineSide(patient.resources).validate();
    assert.deepEqual(others, []);
    assert.match(
      report,
      /^mandatory sqs-retention webhook-event-store-dead-letters: messageRetentionSeconds is 59, but must be from 60 to 1209600 s\nAWS: Invalid/,
    );
  });

  it("judges what the program gave, not the zeros and empty texts that a provider answers", async () => {
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

  it("knows the program's own name in one that Pulumi makes of it", async () => {
    const patient = new Patient((await program(guarded)).resources);
    patient.set(Type.role, "name", "webhook-api-logs-dev-1a2b3c4", "webhook-api-logs-dev");
    assert.deepEqual(new EngineSide(patient.resources).validate(), []);
  });

  it("takes a value that throws for one that is known only after deployment", async () => {
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

  it("shows no address of an alert, which may carry a token", async () => {
    const { resources } = await program({ alertSubscriptions: [{ protocol: "https", endpoint: "https://example.com/token" }] });
    const patient = new Patient(resources);
    patient.set(Type.topicSubscription, "endpoint", "ftp://example.com/token-0123");
    assert.doesNotMatch(new EngineSide(patient.resources).validate().join(), /token-0123/);
  });
});
