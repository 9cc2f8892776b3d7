import { fields } from "../graph";

/** One test of a request's context, such as `StringEquals` on `aws:SourceAccount`. */
export interface Condition {
  operator: string;
  key: string;
  values: string[];
}

/** Whom a statement of a resource's policy is about, by kind (`AWS`, `Service`, `Federated`); `*` is everybody. */
export interface Principal {
  kind: string;
  values: string[];
}

/** A statement with lists where the document may have one value. A list that the statement lacks is `undefined`. */
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

type Json = Record<string, unknown>;

/** The statements of a policy document. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
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
  return value === undefined ? undefined : [value].flat().map(String);
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

const patterns = new Map<string, RegExp>();

/** As IAM compares: `*` for any number of characters, `?` for one. Actions are compared without regard to case, ARNs with. */
export function matches(pattern: string, value: string, { ignoreCase = false } = {}): boolean {
  if (pattern === "*" || pattern === value) return true;
  const key = `${ignoreCase}${pattern}`;
  let compiled = patterns.get(key);
  if (!compiled) {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^]*")
      .replaceAll("?", "[^]");
    compiled = new RegExp(`^${escaped}$`, ignoreCase ? "i" : "");
    patterns.set(key, compiled);
  }
  return compiled.test(value);
}
