import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each, labeled, rateRounding, violations, type Problems } from "../check";
import { fields, type Graph, list, valueAt } from "../graph/graph";
import type { RuleEntry } from "../rule";

/** Constructs that AWS WAF's expressions do not support, each with a pattern that detects it. Inside a character class, all are literal. */
const foreignConstructs: readonly (readonly [what: string, sign: RegExp])[] = [
  ["a capturing group", /\((?![?*])|\(\?P?<(?![=!])|\(\?'/],
  ["a backreference", /\\([1-9]|[gk][{<'\d])/],
  ["an atomic group", /\(\?>/],
  ["a possessive quantifier", /[*+?}]\+/],
  ["a conditional", /\(\?\(/],
  ["a recursion or subroutine call", /\(\?(R|[+-]?\d|&|P[=>])/],
  ["a backtracking verb", /\(\*/],
  ["a callout", /\(\?C/],
  ["the escape \\C, \\R or \\K", /\\[CRK]/],
];

/** Lists the constructs of an expression that AWS WAF does not support. */
function constructsOf(expression: string): string[] {
  const plain = expression.replace(/\\[^1-9gkCRK]/g, "").replace(/\[\^?\]?[^\]]*\]/g, "x");
  return foreignConstructs.filter(([, sign]) => sign.test(plain)).map(([what]) => what);
}

/** Lists the expressions in a web ACL's rules, at any depth, or in a pattern set. */
function expressionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  return Object.entries(fields(value)).flatMap(([key, member]) =>
    key === "regexString" && typeof member === "string" ? [member] : expressionsIn(member),
  );
}

const expressionProblems = ({ inputs }: GraphResource) =>
  [inputs.rules, inputs.regularExpressions].flatMap((value) =>
    expressionsIn(value).flatMap((expression) => constructsOf(expression).map((what) => `the expression ${expression} has ${what}`)),
  );

/** Lists the problems of the gateway response to blocked requests. Its default status is 403. */
function blockProblems(responses: Record<string, unknown>): Problems {
  if (!("WAF_FILTERED" in responses)) return "DEFAULT_4XX" in responses && "it has no gateway response WAF_FILTERED";
  const { statusCode = 403 } = fields(responses.WAF_FILTERED);
  return String(statusCode) !== "403" && `its gateway response WAF_FILTERED has the status ${String(statusCode)} instead of 403`;
}

/** Lists a web ACL's limits for one address, in requests a second. The default window is five minutes.
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
function ratesOf({ inputs }: GraphResource): number[] {
  return list(inputs.rules).flatMap((rule) => {
    const { limit, evaluationWindowSec: window = 300, aggregateKeyType: key } = fields(fields(fields(rule).statement).rateBasedStatement);
    return typeof limit === "number" && typeof window === "number" && key === "IP" ? [limit / window] : [];
  });
}

/** Lists the throttles of the methods that a web ACL protects, in requests a second. */
function throttlesBehind(graph: Graph, acl: GraphResource): { method: GraphResource; rate: number }[] {
  return graph
    .all(Type.webAclAssociation)
    .filter((one) => graph.target(one, "webAclArn", Type.webAcl) === acl)
    .flatMap((one) => graph.target(one, "resourceArn", Type.stage) ?? [])
    .flatMap((stage) => graph.all(Type.methodSettings).filter((one) => graph.target(one, "stageName", Type.stage) === stage))
    .map((method) => ({ method, rate: Number(valueAt(method, "settings.throttlingRateLimit")) }))
    .filter(({ rate }) => rate > 0);
}

/** Rules for AWS WAF: expressions, rates, and responses to blocked requests. */
export const firewallRules: RuleEntry[] = [
  {
    id: "waf-expression",
    awsError: "WAFInvalidParameterException: Error reason: The regular expression is invalid. …",
    cause: "AWS WAF does not support all constructs of PCRE, such as capturing groups.",
    fix: "Replace (…) by (?:…), and avoid the construct that the finding names.",
    link: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-regex-pattern-support.html",
    check: each([Type.webAcl, Type.regexPatternSet], expressionProblems),
  },
  {
    id: "waf-rate",
    severity: "warning",
    awsError: "silent: a single address can use up a method's throttle before AWS WAF blocks it",
    cause: "The limit of the rate-based rule for one address is higher than the throttle of a method behind it.",
    fix: "Lower the limit to the smallest throttle in the rule's window, or raise that throttle.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html",
    check: each(Type.webAcl, (acl, graph) =>
      ratesOf(acl).flatMap((fromOne) =>
        throttlesBehind(graph, acl)
          .filter(({ rate }) => fromOne > rate + rateRounding)
          .map(
            ({ method, rate }) =>
              `its limit is ${Math.round(fromOne * 60)} requests a minute from one address, but ${method.name} allows ${Math.round(rate * 60)}`,
          ),
      ),
    ),
  },
  {
    id: "waf-answer",
    severity: "warning",
    awsError: "silent: a blocked request gets the response of any other 4XX error, which is misleading",
    cause: "An API behind a web ACL needs its own gateway response WAF_FILTERED if it customizes DEFAULT_4XX.",
    fix: "Define WAF_FILTERED with the status 403.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html",
    check: (graph) =>
      graph.all(Type.webAclAssociation).flatMap((association) => {
        const stage = graph.target(association, "resourceArn", Type.stage);
        const api = stage && graph.target(stage, "restApi", Type.restApi);
        const responses = fields(api && graph.document(api, "body")?.["x-amazon-apigateway-gateway-responses"]);
        return api ? violations(api, labeled(`${association.name} protects it, but`, blockProblems(responses))) : [];
      }),
  },
];
