import { fields } from "../graph/graph";
import type { Json } from "../json";
import { memoized } from "../memo";

/** One condition of a statement, such as `StringEquals` on `aws:SourceAccount`. */
export interface Condition {
  operator: string;
  key: string;
  values: string[];
}

/** Principals of a statement, by kind (`AWS`, `Service`, `Federated`). `*` is everyone. */
export interface Principal {
  kind: string;
  values: string[];
}

/** A statement in which single values are lists. A missing list is `undefined`. */
export interface Statement {
  sid: string | undefined;
  effect: unknown;
  principals: Principal[] | undefined;
  notPrincipals: Principal[] | undefined;
  actions: string[] | undefined;
  notActions: string[] | undefined;
  resources: string[] | undefined;
  notResources: string[] | undefined;
  conditions: Condition[];
}

/** Parses the statements of a policy document. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export function parseStatements(document: Json): Statement[] {
  return [document.Statement ?? []]
    .flat()
    .map(fields)
    .map((statement) => ({
      sid: statement.Sid as string | undefined,
      effect: statement.Effect,
      principals: principalsOf(statement.Principal),
      notPrincipals: principalsOf(statement.NotPrincipal),
      actions: listOf(statement.Action),
      notActions: listOf(statement.NotAction),
      resources: listOf(statement.Resource),
      notResources: listOf(statement.NotResource),
      conditions: conditionsOf(statement.Condition),
    }));
}

function listOf(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function principalsOf(principal: unknown): Principal[] | undefined {
  if (principal === undefined) return undefined;
  if (typeof principal !== "object" || principal === null) return [{ kind: "*", values: [String(principal)] }];
  return Object.entries(principal).map(([kind, values]) => ({ kind, values: [values].flat().map(String) }));
}

function conditionsOf(condition: unknown): Condition[] {
  return Object.entries(fields(condition)).flatMap(([operator, tests]) =>
    Object.entries(fields(tests)).map(([key, values]) => ({ operator, key, values: [values].flat().map(String) })),
  );
}

/** Compiles a pattern. `*` matches any number of characters, `?` one, and `${*}`, `${?}` and `${$}` the character inside.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
const compiled = memoized((pattern: string) => {
  const expression = pattern.replace(/\$\{([*?$])\}|[.+^${}()|[\]\\*?]/g, (found: string, literal: string | undefined) => {
    if (literal !== undefined) return `\\${literal}`;
    return found === "*" ? "[^]*" : found === "?" ? "[^]" : `\\${found}`;
  });
  return new RegExp(`^${expression}$`);
});

/** Matches a value against a pattern with wildcards, as IAM does. IAM ignores case in actions, but not in ARNs. */
export function matches(pattern: string, value: string, { ignoreCase = false } = {}): boolean {
  if (ignoreCase) return matches(pattern.toLowerCase(), value.toLowerCase());
  return pattern === "*" || pattern === value || compiled(pattern).test(value);
}
