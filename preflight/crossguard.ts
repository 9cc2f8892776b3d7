import type { Policies, PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import type { GraphResource } from "./graph/resource";
import { Type } from "./graph/types";
import { Graph } from "./graph/graph";
import type { Rule } from "./rule";

/**
 * Turns the rules into policies of a CrossGuard pack. Errors stop the deployment, warnings are shown.
 *
 * The pack sees inputs resource by resource. It sees dependencies only in the whole stack, whose properties are the provider's
 * answers: empty strings and zeros replace omitted inputs. Therefore the first policy remembers the inputs.
 * @see https://www.pulumi.com/docs/insights/policy/policy-packs/authoring/
 */
export function crossguardPolicies(rules: readonly Rule[]): Policies {
  const inputs = new Map<string, Record<string, unknown>>();
  let graph: Graph | undefined;
  const remember = ({ urn, props }: ResourceValidationArgs) => {
    inputs.set(urn, plainFields(props));
    graph = undefined;
  };
  return [
    {
      name: "inputs",
      description: "Remembers the program's inputs for the other policies. Reports nothing itself.",
      enforcementLevel: "advisory",
      validateResource: remember,
    },
    ...rules.map((rule): Policies[number] => ({
      name: rule.id,
      description: `${rule.cause} ${rule.fix}`,
      enforcementLevel: rule.severity === "error" ? "mandatory" : "advisory",
      url: rule.link,
      validateStack: ({ resources }, report) => {
        graph ??= new Graph(resources.map((resource) => graphResource(resource, inputs)));
        for (const { resource, detail } of rule.check(graph)) report(`${detail}\nAWS: ${rule.awsError}\nFix: ${rule.fix}`, resource.urn);
      },
    })),
  ];
}

/** Converts a resource of the engine's stack into one of the graph. */
function graphResource(resource: PolicyResource, inputs: ReadonlyMap<string, Record<string, unknown>>): GraphResource {
  const { urn, type, name, opts, provider, dependencies, propertyDependencies } = resource;
  const state = plainFields(resource.props);
  const given = inputs.get(urn) ?? state;
  const byProperty = Object.entries(propertyDependencies).map(([property, others]) => [property, others.map(urnOf)] as const);
  return {
    urn,
    type,
    name,
    custom: provider !== undefined || type.startsWith("pulumi:providers:"),
    inputs: type === Type.topicSubscription ? hideEndpoint(given) : given,
    outputs: Object.fromEntries(Object.entries(state).filter(([key]) => !Object.hasOwn(given, key))),
    parent: opts.parent ?? "",
    dependencies: dependencies.map(urnOf),
    propertyDependencies: Object.fromEntries(byProperty.filter(([, urns]) => urns.length > 0)),
    protect: opts.protect,
    retainOnDelete: false,
  };
}

const urnOf = ({ urn }: PolicyResource) => urn;

/** Hides the endpoint of a subscription. Policies see secrets in plain text, and an alert's address often contains a token. */
function hideEndpoint(inputs: Record<string, unknown>): Record<string, unknown> {
  return /^arn:/.test(String(inputs.endpoint)) ? inputs : { ...inputs, endpoint: "[secret]" };
}

/** Copies an object's fields as plain JSON, without the engine's own, which begin with two underscores. Reading a field that is known only
 * after deployment throws, so each field is tried. */
function plainFields(value: object): Record<string, unknown> {
  const keys = Object.keys(value).filter((key) => !key.startsWith("__"));
  return Object.fromEntries(keys.map((key) => [key, tryField(value as Record<string, unknown>, key)]));
}

function tryField(holder: Record<string, unknown>, key: string): unknown {
  try {
    return plain(holder[key]);
  } catch {
    return "[unknown]";
  }
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((_, index) => tryField(value as unknown as Record<string, unknown>, String(index)));
  return plainFields(value);
}
