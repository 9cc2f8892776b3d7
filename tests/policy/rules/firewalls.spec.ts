import * as assert from "node:assert/strict";
import { tooLongPattern } from "../../../components/firewall";
import { Type } from "../../../graph/types";
import { Graph } from "../../../policy/graph";
import { firewallRules } from "../../../policy/rules/firewalls";
import { inDocument } from "../apiDocument";
import { own, Patient, specifyRules } from "../patient";

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
    "waf-answer": inDocument((document) => delete document["x-amazon-apigateway-gateway-responses"].WAF_FILTERED),
  });

  it("find nothing in an expression that AWS WAF takes", () => {
    const patient = new Patient([]);
    for (const [index, regexString] of [tooLongPattern, "[(]a[^)]\\(b\\)", "(?i)a(?=b)(?!c)(?<=a)(?<!b)(?:d)+", "a{2,3}\\+"].entries())
      patient.add(Type.regexPatternSet, `set-${index}`, { regularExpressions: [{ regexString }] });
    for (const rule of firewallRules) assert.deepEqual(rule.check(new Graph(patient.resources)), []);
  });
});
