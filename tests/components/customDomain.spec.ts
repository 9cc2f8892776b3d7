import * as assert from "node:assert/strict";
import { equipped, program, type Program } from "../helpers/graph";
import { Type } from "../helpers/types";

describe("CustomDomain", () => {
  let own: Program;
  before(async () => (own = await program(equipped)));
  const urls = (from: Program) => from.outputs.webhookUrls as Record<string, string>;

  it("is not there unless configured", async () => {
    const dev = await program();
    assert.equal(dev.all(Type.domainName).length + dev.all(Type.certificate).length + dev.all(Type.record).length, 0);
  });

  it("is what senders are given", () => {
    assert.deepEqual(urls(own), {
      stripe: "https://hooks.example.com/webhook/stripe",
      square: "https://hooks.example.com/webhook/square",
      paypal: "https://hooks.example.com/webhook/paypal",
    });
  });

  it("has a certificate that a record in the zone proves, and waits for it", () => {
    const { resourceRecordName } = { resourceRecordName: own.one(Type.record, "certificate").inputs.name as string };
    assert.equal(own.one(Type.certificate).inputs.validationMethod, "DNS");
    assert.match(resourceRecordName, /^_[0-9a-f]{32}\.hooks\.example\.com\.$/);
    assert.deepEqual(own.one(Type.certificateValidation).inputs.validationRecordFqdns, [resourceRecordName]);
    assert.ok(own.dependsOn(own.one(Type.domainName), own.one(Type.certificateValidation)));
  });

  it("speaks TLS 1.2 at least, in the API's own region", () => {
    const { securityPolicy, endpointConfiguration, regionalCertificateArn, domainName } = own.one(Type.domainName).inputs;
    assert.equal(securityPolicy, "TLS_1_2");
    assert.deepEqual(endpointConfiguration, { types: "REGIONAL" });
    assert.match(regionalCertificateArn as string, /^arn:aws:acm:eu-central-1:/);
    assert.equal(domainName, "hooks.example.com");
  });

  it("leads to the stage", () => {
    const { restApi, stageName, domainName } = own.one(Type.basePathMapping).inputs;
    assert.deepEqual([restApi, stageName, domainName], [own.outputs.apiId, own.outputs.stageName, "hooks.example.com"]);
  });

  it("is an alias of API Gateway's own name", () => {
    const { name, type, aliases, records } = own.one(Type.record, "domain").inputs as {
      name: string;
      type: string;
      aliases: { name: string }[];
      records?: string[];
    };
    assert.deepEqual([name, type, records], ["hooks.example.com", "A", undefined]);
    assert.match(aliases[0].name, /^d-[0-9a-f]{10}\.execute-api\.eu-central-1\.amazonaws\.com$/);
  });
});
