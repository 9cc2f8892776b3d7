import * as assert from "node:assert/strict";
import { tooLongPattern } from "../../../components/firewall";
import { Type } from "../../../preflight/graph/types";
import { Graph } from "../../../preflight/graph/graph";
import { preflight } from "../../../preflight/preflight";
import { firewallRules } from "../../../preflight/rules/firewalls";
import { guarded, program } from "../../../testbed/program";
import { inDocument } from "../../helpers/apiDocument";
import { own, BrokenGraph, specifyRules } from "../../helpers/brokenGraph";

interface Rule {
  statement: Record<string, unknown>;
}

/** Plants an expression in a rule, directly or in a nested statement. */
const expression = (regexString: string, within = false) =>
  own((broken) => {
    const acl = broken.one(Type.webAcl);
    const size = (acl.inputs.rules as Rule[])[1];
    const statement = { regexMatchStatement: { ...(size.statement.regexMatchStatement as object), regexString } };
    size.statement = within ? { notStatement: { statements: [statement] } } : statement;
    return acl;
  });

/** Plants a limit of requests from one address, in a window of five minutes or of the given seconds. */
const rate = (limit: number, evaluationWindowSec?: number) =>
  own((broken) => {
    const acl = broken.one(Type.webAcl);
    const statement = { aggregateKeyType: "IP", limit, ...(evaluationWindowSec === undefined ? {} : { evaluationWindowSec }) };
    (acl.inputs.rules as Rule[])[0].statement = { rateBasedStatement: statement };
    return acl;
  });

describe("Rules for firewalls", () => {
  specifyRules(firewallRules, {
    "waf-expression": [
      expression("^0*([7-9][0-9]{6}|[1-9][0-9]{7,})$"),
      expression("^(a)$", true),
      ...["(?<n>a)", "(?P<n>a)", "a(?:b)\\1", "(?>a)", "a*+", "(?(?=a)b|c)", "(?R)", "(*FAIL)", "a\\Kb", "a(?C1)"].map((one) =>
        expression(one),
      ),
      own((broken) =>
        broken.add(Type.regexPatternSet, "set", { name: "set", scope: "REGIONAL", regularExpressions: [{ regexString: "(a)" }] }),
      ),
    ],
    "waf-rate": [
      rate(5_005),
      rate(1_001, 60),
      own((broken) => [broken.set(Type.methodSettings, "settings.throttlingRateLimit", 13.32, "api-stripe"), broken.one(Type.webAcl)]),
    ],
    "waf-answer": [
      inDocument((document) => delete document["x-amazon-apigateway-gateway-responses"].WAF_FILTERED),
      inDocument((document) => (document["x-amazon-apigateway-gateway-responses"].WAF_FILTERED.statusCode = 400)),
    ],
  });

  it("accept a rate that just fits, one that is not for addresses, and any rate if no throttle is known", async () => {
    const found = async (change: (broken: BrokenGraph) => void) => {
      const broken = new BrokenGraph((await program(guarded)).resources);
      change(broken);
      return preflight(broken.resources).map(({ rule }) => rule.id);
    };
    const limited = (statement: object) => (broken: BrokenGraph) =>
      ((broken.one(Type.webAcl).inputs.rules as Rule[])[0].statement = { rateBasedStatement: statement });
    assert.deepEqual(await found(limited({ aggregateKeyType: "IP", limit: 5_000 })), []);
    assert.deepEqual(await found(limited({ aggregateKeyType: "CONSTANT", limit: 9_000, scopeDownStatement: {} })), []);
    const fitting = (await program({ ...guarded, throttleRequestsPerMinute: 800 })).resources;
    assert.deepEqual(preflight(fitting), [], "800 a minute is 13.33 a second");
    const unlimited = (broken: BrokenGraph) => {
      for (const { inputs } of broken.resources.filter(({ type }) => type === Type.methodSettings))
        (inputs.settings as Record<string, unknown>).throttlingRateLimit = "[unknown]";
      limited({ aggregateKeyType: "IP", limit: 9_000 })(broken);
    };
    assert.deepEqual(await found(unlimited), []);
  });

  it("accept an expression that AWS WAF supports", () => {
    const broken = new BrokenGraph([]);
    for (const [index, regexString] of [tooLongPattern, "[(]a[^)]\\(b\\)", "(?i)a(?=b)(?!c)(?<=a)(?<!b)(?:d)+", "a{2,3}\\+"].entries())
      broken.add(Type.regexPatternSet, `set-${index}`, { regularExpressions: [{ regexString }] });
    for (const rule of firewallRules) assert.deepEqual(rule.check(new Graph(broken.resources)), []);
  });
});
