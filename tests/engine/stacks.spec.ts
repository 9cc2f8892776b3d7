import * as assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { Type } from "../../preflight/graph/types";
import { configure, destroy, Engine, previewSteps, up } from "../../testbed/engine/engine";
import { guarded } from "../../testbed/program";

describe("Two stacks in one account on the real engine", () => {
  let engine: Engine;
  let dev: Stack;
  let prod: Stack;
  before(async () => {
    engine = await Engine.start({ ownHosts: true });
    dev = await engine.stack("dev", { manageApiGatewayAccount: false });
    prod = await engine.stack("prod", guarded);
  });
  after(() => engine.stop());

  it("can be previewed with all that can be asked for, before anything is there", async () => {
    const planned = await previewSteps(prod);
    for (const made of [Type.vpc, Type.domainName, Type.webAcl, Type.trail])
      assert.ok(
        planned.some((step) => step.includes(made)),
        made,
      );
  });

  it("live side by side: no name of one is taken by the other", async () => {
    const made = await Promise.all([up(dev), up(prod)]);
    assert.notEqual(made[0].outputs.tableName, made[1].outputs.tableName);
    assert.equal(engine.cloud.all(Type.table).length, 2);
    assert.deepEqual(made[1].outputs.egressAddresses, ["198.51.100.7"], "the address of the NAT gateway that awsx made");
    assert.ok(!("egressAddresses" in made[0].outputs));
  });

  it("make what AWS looks at before what is looked at, host name, firewall and network too", () => {
    const made = (type: string, name: string) => {
      const place = engine.cloud.journal.indexOf(`create ${type} ${name}`);
      assert.ok(place >= 0, `${type} ${name}`);
      return place;
    };
    assert.ok(made(Type.certificateValidation, "webhook-domain-certificate") < made(Type.domainName, "webhook-domain"));
    assert.ok(made(Type.stage, "webhook-api") < made(Type.webAclAssociation, "webhook-firewall"));
    assert.ok(made("aws:ec2/subnet:Subnet", "webhook-vpc-prod-private-2") < made(Type.securityGroup, "webhook-network-functions"));
  });

  it("cannot have the same suffix: AWS's refusal says which name is taken", async () => {
    const twin = await engine.stack("twin", { environmentSuffix: "dev", manageApiGatewayAccount: false });
    await assert.rejects(up(twin), /webhook-[a-z-]+-dev.* already exists|already exists/);
    await destroy(twin);
    assert.equal(engine.cloud.all(Type.table).length, 2, "what belongs to dev is still there");
  });

  it("differ in protection: a change of prod's suffix, which would make its data anew, is refused", async () => {
    await configure(prod, { environmentSuffix: "other" });
    await assert.rejects(previewSteps(prod), /marked for protection/);
    await configure(prod, { environmentSuffix: "prod" });
  });

  it("do not share a fate: dev is destroyed, prod is not touched", async () => {
    await destroy(dev);
    assert.deepEqual(await previewSteps(prod), []);
    assert.deepEqual(
      engine.cloud
        .all(Type.function)
        .map(({ inputs }) => inputs.name as string)
        .sort(),
      ["webhook-process-prod", "webhook-receive-prod", "webhook-reconcile-prod"],
    );
  });

  it("differ in protection: a destroy of prod is refused even without a preview, and everything stays", async () => {
    const before = [...engine.cloud.resources.keys()];
    await assert.rejects(destroy(prod), /protected/);
    assert.deepEqual([...engine.cloud.resources.keys()], before);
  });

  it("can be taken down for good once their protection is lifted, and put up again under the same names", async () => {
    await configure(prod, { deletionProtection: false });
    await up(prod);
    await destroy(prod);
    const retained: string[] = [Type.account, Type.role, Type.rolePolicyAttachment];
    assert.deepEqual(
      [...engine.cloud.resources.values()].filter(({ type }) => !retained.includes(type)),
      [],
    );
    await configure(prod, { deletionProtection: true });
    await up(prod);
    assert.deepEqual(await previewSteps(prod), []);
    assert.deepEqual(
      engine.cloud.all(Type.table).map(({ inputs }) => inputs.name),
      ["webhook-events-prod"],
    );
  });
});
