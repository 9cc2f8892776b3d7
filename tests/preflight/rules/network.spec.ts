import { Type } from "../../../preflight/graph/types";
import { networkRules } from "../../../preflight/rules/network";
import { own, specifyRules, type BrokenGraph } from "../../helpers/brokenGraph";

/** Changes the endpoint of a service. @param change returns the endpoints that replace it */
function endpoint(broken: BrokenGraph, service: string, change: (spec: { policy: string }) => object[]): void {
  const { inputs } = broken.one(Type.vpc);
  const specs = inputs.vpcEndpointSpecs as { serviceName: string; policy: string }[];
  inputs.vpcEndpointSpecs = specs.flatMap((spec) => (spec.serviceName.endsWith(`.${service}`) ? change(spec) : [spec]));
}

describe("Rules for calls from a private network", () =>
  specifyRules(networkRules, {
    "network-call": [
      own((broken) => {
        endpoint(broken, "sqs", (spec) => [{ ...spec, policy: spec.policy.replace("sqs:SendMessage", "sqs:PurgeQueue") }]);
        return broken.one(Type.function, "reconcile-function");
      }),
      own((broken) => {
        endpoint(broken, "secretsmanager", () => []);
        broken.set(Type.vpc, "natGateways.strategy", "None");
        return broken.one(Type.function, "receive-function");
      }),
    ],
  }));
