import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each, labeled, rateRounding, violations, type Problems } from "../check";
import { fields, type Graph, list, valueAt } from "../graph";
import type { RuleEntry } from "../rule";

/** Constructs that AWS WAF's expressions do not have, each with a sign of it; within a class of characters all are plain. */
const foreignConstructs: readonly (readonly [what: string, sign: RegExp])[] = [
  ["a group that captures", /\((?![?*])|\(\?P?<(?![=!])|\(\?'/],
  ["a reference to a group", /\\([1-9]|[gk][{<'\d])/],
  ["an atomic group", /\(\?>/],
  ["a possessive quantifier", /[*+?}]\+/],
  ["a condition", /\(\?\(/],
  ["a recursion or a call of a group", /\(\?(R|[+-]?\d|&|P[=>])/],
  ["a verb of backtracking", /\(\*/],
  ["a callout", /\(\?C/],
  ["\\C, \\R or \\K", /\\[CRK]/],
];

/** Returns what an expression has that AWS WAF's do not. */
function constructsOf(expression: string): string[] {
  const plain = expression.replace(/\\[^1-9gkCRK]/g, "").replace(/\[\^?\]?[^\]]*\]/g, "x");
  return foreignConstructs.filter(([, sign]) => sign.test(plain)).map(([what]) => what);
}

/** Returns the expressions of a web ACL's rules, however deep, and of a set of patterns. */
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

/** Returns what is wrong with the answer to a request that AWS WAF blocks; without a status of its own, it has 403. */
function blockProblems(answers: Record<string, unknown>): Problems {
  if (!("WAF_FILTERED" in answers)) return "DEFAULT_4XX" in answers && "it has no answer WAF_FILTERED";
  const { statusCode = 403 } = fields(answers.WAF_FILTERED);
  return String(statusCode) !== "403" && `its answer WAF_FILTERED has the status ${String(statusCode)}, where 403 is expected`;
}

/** Requests a second that a web ACL lets through from one address; nothing, if it has no rate for addresses. A rate of five minutes is AWS's
 * default. @see https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
function ratesOf({ inputs }: GraphResource): number[] {
  return list(inputs.rules).flatMap((rule) => {
    const { limit, evaluationWindowSec: window = 300, aggregateKeyType: key } = fields(fields(fields(rule).statement).rateBasedStatement);
    return typeof limit === "number" && typeof window === "number" && key === "IP" ? [limit / window] : [];
  });
}

/** Returns the stage that a web ACL stands before, and the settings of its methods. */
function throttlesBehind(graph: Graph, acl: GraphResource): { method: GraphResource; rate: number }[] {
  return graph
    .all(Type.webAclAssociation)
    .filter((one) => graph.target(one, "webAclArn", Type.webAcl) === acl)
    .flatMap((one) => graph.target(one, "resourceArn", Type.stage) ?? [])
    .flatMap((stage) => graph.all(Type.methodSettings).filter((one) => graph.target(one, "stageName", Type.stage) === stage))
    .map((method) => ({ method, rate: Number(valueAt(method, "settings.throttlingRateLimit")) }))
    .filter(({ rate }) => rate > 0);
}

/** Rules over AWS WAF's expressions and rates, and what it makes an API answer. */
export const firewallRules: RuleEntry[] = [
  {
    id: "waf-expression",
    awsError: "WAFInvalidParameterException: Error reason: The regular expression is invalid. …",
    cause: "AWS WAF does not have all that PCRE has: no groups that capture, among others.",
    fix: "Write (?:…) for (…), and do without the construct that is named.",
    link: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-regex-pattern-support.html",
    check: each([Type.webAcl, Type.regexPatternSet], expressionProblems),
  },
  {
    id: "waf-rate",
    severity: "warning",
    awsError: "silent: one address takes all that a method lets through before AWS WAF stops it",
    cause: "The limit of a rate-based rule lets more through from one address than the throttle of a method behind it.",
    fix: "Lower the limit to what the smallest throttle lets through in the rule's window, or raise that throttle.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html",
    check: each(Type.webAcl, (acl, graph) =>
      ratesOf(acl).flatMap((fromOne) =>
        throttlesBehind(graph, acl)
          .filter(({ rate }) => fromOne > rate + rateRounding)
          .map(
            ({ method, rate }) =>
              `it lets ${Math.round(fromOne * 60)} requests a minute through from one address, ${method.name} takes ${Math.round(rate * 60)}`,
          ),
      ),
    ),
  },
  {
    id: "waf-answer",
    severity: "warning",
    awsError: "silent: what AWS WAF blocks is answered as any other 4XX, in words that mislead",
    cause: "A web ACL stands before an API whose WAF_FILTERED is not 403, or has no answer of its own while DEFAULT_4XX has one.",
    fix: "Define WAF_FILTERED with the status 403.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html",
    check: (graph) =>
      graph.all(Type.webAclAssociation).flatMap((association) => {
        const stage = graph.target(association, "resourceArn", Type.stage);
        const api = stage && graph.target(stage, "restApi", Type.restApi);
        const answers = fields(api && graph.document(api, "body")?.["x-amazon-apigateway-gateway-responses"]);
        return api ? violations(api, labeled(`${association.name} blocks before it, and`, blockProblems(answers))) : [];
      }),
  },
];
