import { Type } from "../graph/types";
import { duplicates, type Problems } from "../check";
import { fields, type Graph } from "../graph/graph";
import { isOperator, isLiteral } from "../iam/conditions";
import { parseStatements, type Principal, type Statement } from "../iam/document";
import { eachPolicy, eachStatement, policyPlaces, type PolicyPlace } from "../iam/places";
import { isObject } from "../json";
import type { RuleEntry } from "../rule";

const grammar = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";

/** Keys that a document and a statement can have. */
const documentKeys = ["Version", "Id", "Statement"];
const statementKeys = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

export const documentRules: RuleEntry[] = [
  {
    id: "policy-syntax",
    awsError: "MalformedPolicyDocument: Syntax errors in policy.",
    cause: "A policy must be a JSON object with one of IAM's two versions, at least one statement, and only the keys of IAM's grammar.",
    fix: "Write the document by IAM's grammar, and use Version 2012-10-17 for variables such as ${aws:username}.",
    link: grammar,
    check: eachPolicy(syntaxOf),
  },
  {
    id: "policy-version",
    severity: "warning",
    awsError: "silent: AWS assumes version 2008-10-17, in which variables such as ${aws:username} are plain text",
    cause: "The policy has no Version.",
    fix: 'Add "Version": "2012-10-17".',
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
    check: eachPolicy(({ input, document }) => document && document.Version === undefined && `${input} has no Version`),
  },
  {
    id: "policy-statement",
    awsError: "MalformedPolicyDocument: Policy statement must contain resources.",
    cause: "Each kind of policy requires some elements of a statement and forbids others.",
    fix: "Set actions and resources in an identity policy, actions and principals in a trust policy, and all three in a resource policy.",
    link: grammar,
    check: eachStatement((statement, { kind }) => completeness(kind, statement)),
  },
  {
    id: "policy-sid",
    awsError:
      "MalformedPolicyDocument: Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    cause: "IAM allows only letters and digits in a Sid, which must be unique in its document.",
    fix: "Use unique Sids of letters and digits, or omit them.",
    link: "https://github.com/aws-cloudformation/cfn-lint/issues/1376",
    check: eachPolicy(({ kind, document = {} }) => {
      const sids = parseStatements(document).flatMap(({ sid }) => sid ?? []);
      const bad = kind === "resource" ? [] : sids.filter((sid) => !/^[0-9A-Za-z]*$/.test(sid));
      return [bad.map((sid) => `the Sid "${sid}" is not alphanumeric`), duplicates(sids).map((sid) => `the Sid "${sid}" is used twice`)];
    }),
  },
  {
    id: "policy-principal",
    awsError: "MalformedPolicyDocument: Invalid principal in policy",
    cause: "A principal must be an account, the ARN of a root, role or user, a service's name, a federation, or *.",
    fix: "Write services as <service>.amazonaws.com, and AWS principals as ARNs or account IDs.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/8905",
    check: eachStatement(({ principals = [], notPrincipals = [] }) =>
      [...principals, ...notPrincipals].flatMap(invalidPrincipals).map((value) => `has the invalid principal "${value}"`),
    ),
  },
  {
    id: "policy-condition-operator",
    awsError: "MalformedPolicyDocument: Syntax errors in policy.",
    cause: "IAM does not know the condition's operator.",
    fix: "Use one of IAM's condition operators, spelled as in its reference.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    check: eachStatement(({ conditions }) =>
      conditions.filter(({ operator }) => !isOperator(operator)).map(({ operator }) => `has the unknown operator ${operator}`),
    ),
  },
  {
    id: "policy-condition-wildcard",
    awsError: "silent: the condition compares literally, so a value with * never matches",
    cause: "StringEquals does not support wildcards.",
    fix: "Use StringLike, or ArnLike for an ARN.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    check: eachStatement(({ conditions }) =>
      conditions
        .filter(({ operator, values }) => isLiteral(operator) && values.some((value) => /[*?]/.test(value)))
        .map(({ operator, key, values }) => `compares ${key} with ${values.join(", ")} by ${operator}, which does not support wildcards`),
    ),
  },
  {
    id: "policy-size",
    awsError: "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role",
    cause:
      "IAM limits policies to 10,240 characters for a role's inline policies together, 6,144 for a managed policy and 2,048 for a trust policy, without white space. KMS allows 32 KB, SQS 8 KB.",
    fix: "Shorten the policy with narrow wildcards, or split it into managed policies.",
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
    !isVersionRight(document) &&
      `${input} has the Version ${JSON.stringify(document.Version) ?? "(none)"}. IAM allows 2012-10-17, and 2008-10-17 without variables`,
    statements.length === 0 && `${input} has no statement`,
    !statements.every(isObject) && `${input} has a statement that is not an object`,
    !statements.map(fields).every(({ Condition = {} }) => isObject(Condition)) && `${input} has a Condition that is not an object`,
    ...[...strange, ...strangeInside].map((key) => `${input} has the unknown key "${key}"`),
  ];
}

/** Returns whether the version is valid and supports the document's content. The older version, also the default, does not support variables. */
function isVersionRight(document: Record<string, unknown>): boolean {
  if (document.Version === "2012-10-17") return true;
  return [undefined, "2008-10-17"].includes(document.Version as string | undefined) && !JSON.stringify(document).includes("${");
}

/** Lists the elements that a statement lacks or must not have. An API's policy can omit the beginning of an ARN.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html */
function completeness(kind: PolicyPlace["kind"], statement: Statement): Problems {
  const { effect, actions, notActions, resources, notResources, principals, notPrincipals } = statement;
  const hasPrincipal = principals !== undefined || notPrincipals !== undefined;
  const hasResource = resources !== undefined || notResources !== undefined;
  const empty = [actions, notActions, resources, notResources].some((list) => list?.length === 0);
  return [
    !(effect === "Allow" || effect === "Deny") && `has the Effect ${JSON.stringify(effect) ?? "(none)"}. IAM allows Allow and Deny`,
    !(actions ?? notActions) && "has no Action",
    actions && notActions && "has both Action and NotAction",
    resources && notResources && "has both Resource and NotResource",
    empty && "has an empty list",
    kind !== "trust" && !hasResource && "has no Resource",
    kind === "trust" && hasResource && "has a Resource, which a trust policy must not have",
    kind === "identity" && hasPrincipal && "has a Principal, which an identity policy must not have",
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
    [Type.queuePolicy]: 8_192,
  };
  const single = places.flatMap(({ resource, input, kind, document }) => {
    const [size, limit] = [characters(document), kind === "trust" ? 2_048 : limits[resource.type]];
    return limit !== undefined && size > limit ? [{ resource, detail: `${input} has ${size} characters. AWS allows ${limit}` }] : [];
  });
  const inline = graph.all(Type.role).flatMap((role) => {
    const own = places.filter(
      ({ resource, kind }) =>
        (resource === role && kind === "identity") ||
        (resource.type === Type.rolePolicy && graph.target(resource, "role", Type.role) === role),
    );
    const size = own.reduce((sum, { document }) => sum + characters(document), 0);
    return size > 10_240
      ? [{ resource: role, detail: `the role's inline policies have ${size} characters together. AWS allows 10240` }]
      : [];
  });
  return [...single, ...inline];
}
