import * as assert from "node:assert/strict";
import { Type } from "../preflight/graph/types";
import { delivering, guarded, program, statementsOf, varied, type Program } from "../testbed/program";

/** Lists every path in a value that leads to something. */
function paths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => paths(inner, `${path}.${key}`));
}

for (const [name, settings] of Object.entries({ defaults: {}, varied, guarded })) {
  describe(`A preview (${name})`, () => {
    let preview: Program;
    let deployment: Program;
    before(async () => {
      preview = await program(settings, { preview: true });
      deployment = await program(settings);
    });

    it("registers the deployment's resources, with every input that is known by then", () => {
      const key = ({ type, name }: { type: string; name: string }) => `${type} ${name}`;
      const deployed = new Map(deployment.resources.map((resource) => [key(resource), resource]));
      assert.equal(preview.resources.length, deployment.resources.length);
      for (const resource of preview.resources) {
        const known = new Set(paths(deployed.get(key(resource))!.inputs));
        for (const path of paths(resource.inputs)) {
          assert.ok(
            [...known].some((other) => other === path || other.startsWith(`${path}.`)),
            `${key(resource)}${path} is undefined in the deployment`,
          );
        }
      }
    });

    it("knows no value that the deployment does not, and never has undefined for an AWS value", () => {
      for (const { inputs, type, name } of deployment.resources)
        assert.doesNotMatch(JSON.stringify(inputs), /undefined|\[unknown\]/, `${type} ${name}`);
    });
  });
}

describe("Policies as deployed", () => {
  it("name a resource in every statement of a role, with wildcards only where AWS accepts nothing narrower", async () => {
    const dev = await program({ destinations: delivering.destinations });
    const withoutNarrower =
      /^(logs:(Create|Get|Update|Delete|List)LogDeliver|logs:(PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)|xray:|dynamodb:ListStreams$|events:ListRules$|lambda:ListEventSourceMappings$)/;
    for (const { inputs } of dev.all(Type.rolePolicy)) {
      for (const { Sid, Action, Resource, Effect } of statementsOf(inputs.policy)) {
        const resources = [Resource ?? []].flat();
        assert.equal(Effect, "Allow");
        assert.ok(resources.length > 0, `${Sid} names no resource`);
        for (const action of [Action].flat()) {
          assert.ok(!action.includes("*"), `${Sid}: ${action}`);
          if (resources.includes("*")) assert.match(action, withoutNarrower, Sid);
        }
      }
    }
  });
});
