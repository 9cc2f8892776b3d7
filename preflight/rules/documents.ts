import { Type } from "../../graph/types";
import { duplicates, type Problems } from "../check";
import { fields, type Graph } from "../graph";
import { isOperator, isLiteral } from "../iam/conditions";
import { parseStatements, type Principal, type Statement } from "../iam/document";
import { eachPolicy, eachStatement, policyPlaces, type PolicyPlace } from "../iam/places";
import { isObject } from "../json";
import type { RuleEntry } from "../rule";

const grammar = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";

/** Keys that a document, and a statement, may have. */
const documentKeys = ["Version", "Id", "Statement"];
const statementKeys = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

export const documentRules: RuleEntry[] = [
  {
    id: "policy-syntax",
    awsError: "MalformedPolicyDocument: Syntax errors in policy.",
    cause: "A policy is a JSON object with one of IAM's two versions and at least one statement, and has no keys but IAM's own.",
    fix: "Write the document as IAM's grammar has it; only with Version 2012-10-17 are ${aws:username} and the like variables.",
    link: grammar,
    check: eachPolicy(syntaxOf),
  },
  {
    id: "policy-version",
    severity: "warning",
    awsError: "silent: AWS takes it for the version of 2008, in which ${aws:username} and the like are plain text",
    cause: "A policy says no Version.",
    fix: 'Add "Version": "2012-10-17".',
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
    check: eachPolicy(({ input, document }) => document && document.Version === undefined && `${input} has no Version`),
  },
  {
    id: "policy-statement",
    awsError: "MalformedPolicyDocument: Policy statement must contain resources.",
    cause: "A statement lacks what its kind of policy needs, or has what it may not have.",
    fix: "An identity policy names actions and resources, a trust policy actions and principals, a resource's policy all three.",
    link: grammar,
    check: eachStatement((statement, { kind }) => completeness(kind, statement)),
  },
  {
    id: "policy-sid",
    awsError:
      "MalformedPolicyDocument: Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    cause: "IAM takes letters and digits in a Sid, each once in a document.",
    fix: "Name each statement in letters and digits, or leave the Sid out.",
    link: "https://github.com/aws-cloudformation/cfn-lint/issues/1376",
    check: eachPolicy(({ kind, document = {} }) => {
      const sids = parseStatements(document).flatMap(({ sid }) => sid ?? []);
      const bad = kind === "resource" ? [] : sids.filter((sid) => !/^[0-9A-Za-z]*$/.test(sid));
      return [bad.map((sid) => `the Sid "${sid}" is not alpha-numeric`), duplicates(sids).map((sid) => `the Sid "${sid}" comes twice`)];
    }),
  },
  {
    id: "policy-principal",
    awsError: "MalformedPolicyDocument: Invalid principal in policy",
    cause: "A principal is an account, a root, role or user ARN, a service's name, a federation, or *.",
    fix: "Write services as <service>.amazonaws.com and AWS principals as ARNs or account ids.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/8905",
    check: eachStatement(({ principals = [], notPrincipals = [] }) =>
      [...principals, ...notPrincipals].flatMap(invalidPrincipals).map((value) => `names the principal "${value}"`),
    ),
  },
  {
    id: "policy-condition-operator",
    awsError: "MalformedPolicyDocument: Syntax errors in policy.",
    cause: "A condition's operator is none that IAM knows.",
    fix: "Use one of IAM's condition operators, spelt as its reference spells it.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    check: eachStatement(({ conditions }) =>
      conditions.filter(({ operator }) => !isOperator(operator)).map(({ operator }) => `has the operator ${operator}`),
    ),
  },
  {
    id: "policy-condition-wildcard",
    awsError: "silent: the condition compares letter by letter, so a * in its value never matches",
    cause: "StringEquals knows no wildcards.",
    fix: "Use StringLike, or ArnLike for an ARN.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    check: eachStatement(({ conditions }) =>
      conditions
        .filter(({ operator, values }) => isLiteral(operator) && values.some((value) => /[*?]/.test(value)))
        .map(({ operator, key, values }) => `has ${operator} on ${key} with ${values.join(", ")}`),
    ),
  },
  {
    id: "policy-size",
    awsError: "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role",
    cause:
      "IAM limits the characters of a role's policies, white space aside: 10,240 inline, 6,144 a managed policy, 2,048 of trust; KMS takes 32 KB.",
    fix: "Shorten the policy with wildcards where they are not too wide, or spread it over managed policies.",
    link: "https://github.com/awslabs/aws-deployment-framework/issues/474",
    check: sizeProblems,
  },
];

function syntaxOf({ document, input }: PolicyPlace): Problems {
  if (!document) return [`${input} is not a JSON object`];
  const strange = Object.keys(document).filter((key) => !documentKeys.includes(key));
  const statements = [document.Statement ?? []].flat();
  const strangeInside = statements.flatMap((statement) => Object.keys(fields(statement)).filter((key) => !statementKeys.includes(key)));
  return [
    !isVersionRight(document) && `${input} has the Version ${JSON.stringify(document.Version) ?? "(none)"}`,
    statements.length === 0 && `${input} has no statement`,
    !statements.every(isObject) && `${input} has a statement that is no object`,
    !statements.map(fields).every(({ Condition = {} }) => isObject(Condition)) && `${input} has a Condition that is no object`,
    ...[...strange, ...strangeInside].map((key) => `${input} has the key "${key}"`),
  ];
}

/** Tells whether a document's version fits: the older one, also the default, knows no variables. */
function isVersionRight(document: Record<string, unknown>): boolean {
  if (document.Version === "2012-10-17") return true;
  return [undefined, "2008-10-17"].includes(document.Version as string | undefined) && !JSON.stringify(document).includes("${");
}

/**
 * Completes ARNs: an API's policy may omit the beginning of one.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html
 */
function completeness(kind: PolicyPlace["kind"], statement: Statement): Problems {
  const { effect, actions, notActions, resources, notResources, principals, notPrincipals } = statement;
  const hasPrincipal = principals !== undefined || notPrincipals !== undefined;
  const hasResource = resources !== undefined || notResources !== undefined;
  const empty = [actions, notActions, resources, notResources].some((list) => list?.length === 0);
  return [
    !(effect === "Allow" || effect === "Deny") && `has the Effect ${JSON.stringify(effect) ?? "(none)"}`,
    !(actions ?? notActions) && "has no Action",
    actions && notActions && "has both Action and NotAction",
    resources && notResources && "has both Resource and NotResource",
    empty && "has an empty list",
    kind !== "trust" && !hasResource && "has no Resource",
    kind === "trust" && hasResource && "has a Resource, which a trust policy may not have",
    kind === "identity" && hasPrincipal && "has a Principal, which an identity policy may not have",
    kind !== "identity" && !hasPrincipal && "has no Principal",
    ...[...(resources ?? []), ...(notResources ?? [])]
      .filter((one) => !/^(arn:|\$\{|\*+$)/.test(one) && !(kind === "resource" && one.startsWith("execute-api:/")))
      .map((one) => `has the Resource "${one}", which is neither an ARN nor *`),
  ];
}

function invalidPrincipals({ kind, values }: Principal): string[] {
  const forms: Record<string, RegExp> = {
    "*": /^\*$/,
    AWS: /^(\*|\d{12}|arn:[\w-]+:(iam|sts)::\d{12}:.+|A[RI][A-Z0-9]{14,})$/,
    Service: /^[\w.-]+\.amazonaws\.com(\.cn)?$/,
    Federated: /.+/,
    CanonicalUser: /.+/,
  };
  if (values.length === 0) return [`(no ${kind})`];
  if (!Object.hasOwn(forms, kind)) return [kind];
  return values.filter((value) => !forms[kind].test(value));
}

const characters = (document: unknown) => JSON.stringify(document ?? "").replace(/\s/g, "").length;

function sizeProblems(graph: Graph) {
  const places = policyPlaces(graph);
  const limits: Record<string, number> = {
    [Type.iamPolicy]: 6_144,
    [Type.key]: 32_768,
    [Type.keyPolicy]: 32_768,
    [Type.replicaKey]: 32_768,
  };
  const single = places.flatMap(({ resource, input, kind, document }) => {
    const [size, limit] = [characters(document), kind === "trust" ? 2_048 : limits[resource.type]];
    return limit !== undefined && size > limit ? [{ resource, detail: `${input} has ${size} characters, more than ${limit}` }] : [];
  });
  const inline = graph.all(Type.role).flatMap((role) => {
    const own = places.filter(
      ({ resource, kind }) =>
        (resource === role && kind === "identity") ||
        (resource.type === Type.rolePolicy && graph.target(resource, "role", Type.role) === role),
    );
    const size = own.reduce((sum, { document }) => sum + characters(document), 0);
    return size > 10_240 ? [{ resource: role, detail: `its inline policies have ${size} characters together, more than 10240` }] : [];
  });
  return [...single, ...inline];
}
