/** The text of a policy, as a typed object.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: {
    Sid: string;
    Effect: "Allow" | "Deny";
    Principal?: Record<string, string>;
    Action?: string | string[];
    NotAction?: string[];
    Resource?: string | string[];
    NotResource?: string[];
    Condition?: Conditions;
  }[];
}
export type Statement = PolicyDocument["Statement"][number];
export type Conditions = Record<string, Record<string, string | string[]>>;

/** Builds a policy document. */
export function document(...statements: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Builds a statement that allows actions. */
export function allow(Sid: string, Action: string[], Resource: string | string[], Condition?: Conditions): Statement {
  return { Sid, Effect: "Allow", Action, Resource, ...(Condition && { Condition }) };
}

/** Builds a statement that denies actions. */
export function deny(Sid: string, Action: string[], Resource: string | string[], Condition?: Conditions): Statement {
  return { ...allow(Sid, Action, Resource, Condition), Effect: "Deny" };
}
