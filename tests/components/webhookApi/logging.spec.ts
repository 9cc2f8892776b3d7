import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { accessLogLine, filterPattern } from "../../helpers/filterPattern";
import { program, statementsOf, varied, type Program } from "../../../testbed/program";

describe("The metrics counted from the access log", () => {
  let dev: Program;
  before(async () => (dev = await program()));

  /** Returns the metrics that count a request with this answer of API Gateway. */
  function countedIn(context: Record<string, string>): string[] {
    const { format } = dev.one(Type.stage).inputs.accessLogSettings as { format: string };
    const line = accessLogLine(format, { stage: "webhook-api-dev", path: "/webhook-api-dev/webhook/stripe", ...context });
    return dev
      .all(Type.logMetricFilter)
      .filter(({ inputs }) => filterPattern(inputs.pattern as string)(line))
      .map(({ inputs }) => (inputs.metricTransformation as { name: string }).name);
  }

  const refused = ["RequestsRefused"];
  const throttled = ["RequestsThrottled"];
  const gateway = (type: string) => ({ "error.responseType": type });
  const receiver = (status: string) => ({ "integration.status": status });
  const cases: [what: string, status: string, context: Record<string, string>, counted: string[]][] = [
    ["an event that is stored", "202", receiver("202"), []],
    ["an event whose source expects 200", "200", receiver("200"), []],
    ["a wrong signature, which has an alarm of its own", "401", receiver("401"), []],
    ["a body without an id", "400", receiver("400"), refused],
    ["a body that is not JSON", "400", gateway("BAD_REQUEST_BODY"), refused],
    ["an address outside allowedCidrs", "403", receiver("403"), refused],
    ["a block of AWS WAF's", "403", gateway("WAF_FILTERED"), refused],
    ["an unknown source", "404", gateway("MISSING_AUTHENTICATION_TOKEN"), refused],
    ["a body that the receiver finds too large", "413", receiver("413"), refused],
    ["a type that is not JSON", "415", gateway("UNSUPPORTED_MEDIA_TYPE"), refused],
    ["a throttled event", "429", gateway("THROTTLED"), throttled],
    ["a throttled event of a client with quotes in its name", "429", { "identity.userAgent": 'a "quoted" \\ client' }, throttled],
    ["a client with another status in its name", "202", { "identity.userAgent": '","status":"429","x":"' }, []],
    ["an event that cannot be stored, which has an alarm of its own", "503", receiver("503"), []],
    ["an answer that was too late", "504", gateway("INTEGRATION_TIMEOUT"), []],
  ];
  for (const [what, status, context, counted] of cases)
    it(`${counted.join() || "nothing"}: ${what} (${status})`, () =>
      assert.deepEqual(countedIn({ httpMethod: "POST", status, ...context }), counted));

  for (const httpMethod of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
    it(`nothing for ${httpMethod}, which carries no event, unless it is throttled`, () => {
      for (const status of ["400", "403", "404", "413"]) assert.deepEqual(countedIn({ httpMethod, status }), [], status);
      assert.deepEqual(countedIn({ httpMethod, status: "429" }), throttled);
    });
});

describe("The evaluator of filter patterns", () => {
  const line = JSON.stringify({ kind: "PutEvent", took: 31, nested: { codes: [7, 8] }, ends: "Ev*ent", empty: {} });
  const rules: Record<string, boolean> = {
    '{ $.kind = "PutEvent" }': true,
    "{ $.kind = PutEvent }": true,
    '{ $.kind = "putevent" }': false,
    '{ $.kind != "GetEvent" }': true,
    "{ $.kind = *Event }": true,
    '{ $.kind = "Put*" }': true,
    "{ $.kind != Put* }": false,
    "{ $.kind = *tEv* }": true,
    "{ $.kind = Put*nt }": false,
    "{ $.ends = Ev*ent }": true,
    "{ $.took = 31 }": true,
    "{ $.took != 31 }": false,
    "{ $.took > 3e1 && $.took < +31.5 }": true,
    "{ $.took >= 31 && $.took <= 31 }": true,
    "{ $.took < 31 || $.took > 31 }": false,
    "{ $.nested.codes[1] = 8 }": true,
    "{ $.nested.codes = 8 }": false,
    "{ $.nested.codes != 9 }": false,
    "{ $.missing = x }": false,
    "{ $.kind = PutEvent || $.kind = a && $.kind = b }": true,
    "{ ($.kind = PutEvent || $.kind = a) && $.kind = b }": false,
  };
  for (const [pattern, expected] of Object.entries(rules))
    it(`finds that ${pattern} ${expected ? "matches" : "does not match"}, as AWS documents`, () =>
      assert.equal(filterPattern(pattern)(line), expected));

  it("matches only JSON lines", () => assert.equal(filterPattern("{ $.kind != PutEvent }")("PutEvent"), false));

  for (const pattern of ["{ $.missing != x }", "{ $.kind = 31 }", "{ $.took = abc }", "{ $.kind > abc }"])
    it(`guesses nothing where AWS's page is silent: ${pattern}`, () =>
      assert.throws(() => filterPattern(pattern)(line), /does not say whether/));

  for (const pattern of [
    "$.kind = a",
    "{ $.kind = a",
    "{ $.kind = a } more",
    "{ kind = a }",
    "{ $.kind IS NULL }",
    "{ ! }",
    "{ $.a =",
    "[a, b]",
  ])
    it(`refuses other syntax: ${pattern}`, () => assert.throws(() => filterPattern(pattern)));
});

describe("The account's logging role", () => {
  let dev: Program;
  before(async () => (dev = await program()));
  const loggingRole = "webhook-api-logs-dev";

  it("stays with its policy when the stack is destroyed", () => {
    for (const type of [Type.account, Type.rolePolicyAttachment]) assert.equal(dev.one(type).retainOnDelete, true, type);
    assert.equal(dev.one(Type.role, loggingRole).retainOnDelete, true);
  });

  it("has a random ending, so that a remaining one does not block the next", () => {
    const { inputs, outputs } = dev.one(Type.role, loggingRole);
    assert.equal(inputs.name, undefined);
    assert.match(outputs.name as string, /^webhook-api-logs-dev-[0-9a-f]{7}$/);
  });

  it("can be assumed by API Gateway and has its managed policy before it is set", () => {
    const [trust] = statementsOf(dev.one(Type.role, loggingRole).inputs.assumeRolePolicy);
    assert.deepEqual(trust.Principal, { Service: "apigateway.amazonaws.com" });
    const attachment = dev.one(Type.rolePolicyAttachment);
    assert.equal(attachment.inputs.policyArn, "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs");
    assert.ok(dev.one(Type.account).dependencies.includes(attachment.urn));
  });

  it("is created only by the stack that owns it", async () => {
    const other = await program(varied);
    assert.equal(other.all(Type.account).length, 0);
    assert.equal(other.all(Type.role).filter(({ name }) => name === loggingRole).length, 0);
  });
});
