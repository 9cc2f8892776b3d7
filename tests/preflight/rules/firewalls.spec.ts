import * as assert from "node:assert/strict";
import { tooLongPattern } from "../../../components/firewall";
import { Type } from "../../../graph/types";
import { Graph } from "../../../preflight/graph";
import { preflight } from "../../../preflight/preflight";
import { firewallRules } from "../../../preflight/rules/firewalls";
import { guarded, program } from "../../../testbed/program";
import { inDocument } from "../../helpers/apiDocument";
import { own, Patient, specifyRules } from "../../helpers/patient";

interface Rule {
  statement: Record<string, unknown>;
}

/** Another expression, as it stands or within a statement of statements. */
const expression = (regexString: string, within = false) =>
  own((patient) => {
    const acl = patient.one(Type.webAcl);
    const size = (acl.inputs.rules as Rule[])[1];
    const statement = { regexMatchStatement: { ...(size.statement.regexMatchStatement as object), regexString } };
    size.statement = within ? { notStatement: { statements: [statement] } } : statement;
    return acl;
  });

/** Another limit of requests from one address, in five minutes or in so many seconds. */
const rate = (limit: number, evaluationWindowSec?: number) =>
  own((patient) => {
    const acl = patient.one(Type.webAcl);
    const statement = { aggregateKeyType: "IP", limit, ...(evaluationWindowSec === undefined ? {} : { evaluationWindowSec }) };
    (acl.inputs.rules as Rule[])[0].statement = { rateBasedStatement: statement };
    return acl;
  });

describe("Rules over firewalls", () => {
  specifyRules(firewallRules, {
    "waf-expression": [
      expression("^0*([7-9][0-9]{6}|[1-9][0-9]{7,})$"),
      expression("^(a)$", true),
      ...["(?<n>a)", "(?P<n>a)", "a(?:b)\\1", "(?>a)", "a*+", "(?(?=a)b|c)", "(?R)", "(*FAIL)", "a\\Kb", "a(?C1)"].map((one) =>
        expression(one),
      ),
      own((patient) =>
        patient.add(Type.regexPatternSet, "set", { name: "set", scope: "REGIONAL", regularExpressions: [{ regexString: "(a)" }] }),
      ),
    ],
    "waf-rate": [
      rate(5_005),
      rate(1_001, 60),
      own((patient) => [patient.set(Type.methodSettings, "settings.throttlingRateLimit", 13.32, "api-stripe"), patient.one(Type.webAcl)]),
    ],
    "waf-answer": [
      inDocument((document) => delete document["x-amazon-apigateway-gateway-responses"].WAF_FILTERED),
      inDocument((document) => (document["x-amazon-apigateway-gateway-responses"].WAF_FILTERED.statusCode = 400)),
    ],
  });

  it("find nothing in a rate that just fits, in one that is not of addresses, and where no throttle is known", async () => {
    const found = async (change: (patient: Patient) => void) => {
      const patient = new Patient((await program(guarded)).resources);
      change(patient);
      return preflight(patient.resources).map(({ rule }) => rule.id);
    };
    const limited = (statement: object) => (patient: Patient) =>
      ((patient.one(Type.webAcl).inputs.rules as Rule[])[0].statement = { rateBasedStatement: statement });
    assert.deepEqual(await found(limited({ aggregateKeyType: "IP", limit: 5_000 })), []);
    assert.deepEqual(await found(limited({ aggregateKeyType: "CONSTANT", limit: 9_000, scopeDownStatement: {} })), []);
    const fitting = (await program({ ...guarded, throttleRequestsPerMinute: 800 })).resources;
    assert.deepEqual(preflight(fitting), [], "800 a minute are 13.33 a second");
    const unlimited = (patient: Patient) => {
      for (const { inputs } of patient.resources.filter(({ type }) => type === Type.methodSettings))
        (inputs.settings as Record<string, unknown>).throttlingRateLimit = "[unknown]";
      limited({ aggregateKeyType: "IP", limit: 9_000 })(patient);
    };
    assert.deepEqual(await found(unlimited), []);
  });

  it("find nothing in an expression that AWS WAF takes", () => {
    const patient = new Patient([]);
    for (const [index, regexString] of [tooLongPattern, "[(]a[^)]\\(b\\)", "(?i)a(?=b)(?!c)(?<=a)(?<!b)(?:d)+", "a{2,3}\\+"].entries())
      patient.add(Type.regexPatternSet, `set-${index}`, { regularExpressions: [{ regexString }] });
    for (const rule of firewallRules) assert.deepEqual(rule.check(new Graph(patient.resources)), []);
  });
});
