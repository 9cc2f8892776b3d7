import type { GraphResource } from "../../graph/resource";
import { type Graph, valueAt } from "../graph";
import type { Rule, Violation } from "../rule";
import { allows, allowsService, hasAttachments, rolePolicies, statementsOf } from "../statements";

const roleType = "aws:iam/role:Role";

/** Who must be able to take the role that a resource names, and what AWS says if it cannot. */
const trusted = [
  {
    id: "lambda-role-trust",
    type: "aws:lambda/function:Function",
    input: "role",
    service: "lambda.amazonaws.com",
    answer: "InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
  },
  {
    id: "state-machine-role-trust",
    type: "aws:sfn/stateMachine:StateMachine",
    input: "roleArn",
    service: "states.amazonaws.com",
    answer:
      "AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
  },
  {
    id: "pipe-role-trust",
    type: "aws:pipes/pipe:Pipe",
    input: "roleArn",
    service: "pipes.amazonaws.com",
    answer: "ValidationException: Provided role cannot be assumed by principal 'pipes.amazonaws.com'.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html",
  },
] as const;

const trustRules: Rule[] = trusted.map(({ id, type, input, service, answer, link }) => ({
  id,
  severity: "error",
  answer,
  cause: `The role's trust policy does not let ${service} assume it.`,
  fix: `Allow sts:AssumeRole to the service ${service} in the role's assumeRolePolicy.`,
  link,
  check: (graph) =>
    withRole(graph, type, input).flatMap(({ resource, role }) =>
      allowsService(statementsOf(role, "assumeRolePolicy"), service, "sts:AssumeRole")
        ? []
        : [{ resource, detail: `its role ${role.name} does not trust ${service}` }],
    ),
}));

function withRole(graph: Graph, type: string, input: string): { resource: GraphResource; role: GraphResource }[] {
  return graph.all(type).flatMap((resource) => graph.referred(resource, input, roleType).map((role) => ({ resource, role })));
}

/** What a role lacks, or what a resource is made before; nothing where policies from elsewhere may grant it. */
function missing(graph: Graph, resource: GraphResource, role: GraphResource, actions: readonly string[], on: string): Violation[] {
  if (hasAttachments(graph, role)) return [];
  const policies = rolePolicies(graph, role);
  return actions.flatMap((action) => {
    const granting = policies.filter((policy) => allows(statementsOf(policy, "policy"), action, on));
    if (granting.length === 0) return [{ resource, detail: `its role ${role.name} may not ${action} on ${on}` }];
    if (granting.some((policy) => graph.waitsFor(resource, policy))) return [];
    return [{ resource, detail: `it does not wait for ${granting[0].name}, which lets its role ${role.name} ${action}` }];
  });
}

/** What Step Functions does with the state machine's role to set the delivery of logs up.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
export const logDelivery = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];

export const roleRules: Rule[] = [
  ...trustRules,
  {
    id: "state-machine-log-delivery",
    severity: "error",
    answer: "AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination",
    cause: "Step Functions sets the delivery of logs up with the state machine's role, while it creates the state machine.",
    fix: "Allow the eight log-delivery actions on * in a policy of the role, and let the state machine depend on that policy.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
    check: (graph) =>
      withRole(graph, "aws:sfn/stateMachine:StateMachine", "roleArn")
        .filter(({ resource }) => !["OFF", undefined].includes(valueAt(resource, "loggingConfiguration.level") as string | undefined))
        .flatMap(({ resource, role }) => missing(graph, resource, role, logDelivery, "*")),
  },
  {
    id: "lambda-dead-letter-permission",
    severity: "error",
    answer: "InvalidParameterValueException: The provided execution role does not have permissions to call SendMessage on SQS",
    cause: "Lambda sends dead letters with the function's own role, and checks it when it creates the function.",
    fix: "Allow sqs:SendMessage on the queue in a policy of the role, and let the function depend on that policy.",
    link: "https://github.com/elastic/beats/issues/13963",
    check: (graph) =>
      withRole(graph, "aws:lambda/function:Function", "role").flatMap(({ resource, role }) => {
        const target = valueAt(resource, "deadLetterConfig.targetArn");
        const isQueue = typeof target === "string" && /^arn:[^:]+:sqs:/.test(target);
        return isQueue ? missing(graph, resource, role, ["sqs:SendMessage"], target) : [];
      }),
  },
  {
    id: "key-needless-lambda-principal",
    severity: "warning",
    answer: "silent: any function of the service's side is trusted with the key, and nothing needs it",
    cause:
      "Lambda decrypts a function's environment with the function's role; a key policy that names the service gives more than is used.",
    fix: "Remove lambda.amazonaws.com from the key's policy and allow kms:Decrypt to the function's role.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
    check: (graph) =>
      graph
        .all("aws:kms/key:Key")
        .filter((key) => allowsService(statementsOf(key, "policy"), "lambda.amazonaws.com", "kms:Decrypt"))
        .map((resource) => ({ resource, detail: "its policy names lambda.amazonaws.com" })),
  },
];
