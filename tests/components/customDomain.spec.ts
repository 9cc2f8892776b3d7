import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { equipped, program, type Program } from "../../testbed/program";

/** Values that the mocked account answers. */
const hostedZoneId = "Z0123456789ABCDEFGHIJ";

describe("CustomDomain", () => {
  let own: Program;
  before(async () => (own = await program(equipped)));
  const urls = (from: Program) => from.outputs.webhookUrls as Record<string, string>;

  it("exists only if configured", async () => {
    const dev = await program();
    assert.equal(dev.all(Type.domainName).length + dev.all(Type.certificate).length + dev.all(Type.record).length, 0);
  });

  it("is the host of the sources' URLs", () => {
    assert.deepEqual(urls(own), {
      stripe: "https://hooks.example.com/webhook/stripe",
      square: "https://hooks.example.com/webhook/square",
      paypal: "https://hooks.example.com/webhook/paypal",
    });
  });

  it("validates its certificate by a record in the zone, and waits for it", () => {
    const certificate = own.one(Type.certificate);
    const { name, type, records, ttl, zoneId, allowOverwrite } = own.one(Type.record, "certificate").inputs as {
      name: string;
      [input: string]: unknown;
    };
    assert.deepEqual([certificate.inputs.domainName, certificate.inputs.validationMethod], ["hooks.example.com", "DNS"]);
    assert.match(name, /^_[0-9a-f]{32}\.hooks\.example\.com\.$/);
    assert.match((records as string[]).join(), /^_[0-9a-f]{32}\.acm-validations\.aws\.$/);
    assert.deepEqual([type, ttl, zoneId], ["CNAME", 60, hostedZoneId]);
    assert.equal(allowOverwrite, true, "another stack may have left the record");
    const validation = own.one(Type.certificateValidation);
    assert.deepEqual(validation.inputs, { certificateArn: certificate.outputs.arn, validationRecordFqdns: [name] });
    assert.ok(own.dependsOn(own.one(Type.domainName), own.one(Type.certificateValidation)));
  });

  it("requires TLS 1.2 or later, in the API's region", () => {
    const { securityPolicy, endpointConfiguration, regionalCertificateArn, domainName } = own.one(Type.domainName).inputs;
    assert.equal(securityPolicy, "TLS_1_2");
    assert.deepEqual(endpointConfiguration, { types: "REGIONAL" });
    assert.equal(regionalCertificateArn, own.one(Type.certificate).outputs.arn);
    assert.equal(domainName, "hooks.example.com");
  });

  it("maps to the stage", () => {
    const { restApi, stageName, domainName } = own.one(Type.basePathMapping).inputs;
    assert.deepEqual([restApi, stageName, domainName], [own.outputs.apiId, own.outputs.stageName, "hooks.example.com"]);
  });

  it("is an alias of API Gateway's host name", () => {
    const { outputs } = own.one(Type.domainName);
    const { name, type, aliases, records, zoneId } = own.one(Type.record, "domain").inputs;
    assert.deepEqual([name, type, records, zoneId], ["hooks.example.com", "A", undefined, hostedZoneId]);
    assert.deepEqual(aliases, [{ name: outputs.regionalDomainName, zoneId: outputs.regionalZoneId, evaluateTargetHealth: false }]);
  });
});
