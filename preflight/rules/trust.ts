import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each } from "../check";
import { parseArn, type Graph } from "../graph/graph";
import { policySourceOf } from "../iam/access";
import { resourceOpinion } from "../iam/evaluate";
import { roleOf } from "../required/permission";
import type { RuleEntry } from "../rule";

/** Services that must be able to assume the role of a resource, with AWS's error if they cannot. */
const trusted = [
  {
    id: "lambda-role-trust",
    type: Type.function,
    input: "role",
    service: "lambda.amazonaws.com",
    awsError: "InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
  },
  {
    id: "state-machine-role-trust",
    type: Type.stateMachine,
    input: "roleArn",
    service: "states.amazonaws.com",
    awsError:
      "AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
  },
  {
    id: "pipe-role-trust",
    type: Type.pipe,
    input: "roleArn",
    service: "pipes.amazonaws.com",
    awsError: "ValidationException: …",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html",
  },
  {
    id: "schedule-role-trust",
    type: Type.schedule,
    input: "target.roleArn",
    service: "scheduler.amazonaws.com",
    awsError: "ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    link: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html",
  },
  {
    id: "api-logging-role-trust",
    type: Type.account,
    input: "cloudwatchRoleArn",
    service: "apigateway.amazonaws.com",
    awsError:
      "BadRequestException: The role ARN does not have required permissions configured. Please grant trust permission for API Gateway",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
  },
  {
    id: "event-target-role-trust",
    type: Type.eventTarget,
    input: "roleArn",
    service: "events.amazonaws.com",
    awsError: "ValidationException: Provided role 'arn:aws:iam::…' cannot be assumed by principal 'events.amazonaws.com'.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html",
  },
] as const;

export const trustRules: RuleEntry[] = trusted.map(({ id, type, input, service, awsError, link }) => ({
  id,
  awsError,
  cause: `The role's trust policy does not allow ${service} to assume it.`,
  fix: `Allow sts:AssumeRole to ${service} in the role's assumeRolePolicy.`,
  link,
  check: each(type, (resource, graph) => {
    const role = roleOf(graph, resource, input);
    return role && !trusts(graph, role, service) && `the trust policy of its role ${role.name} does not allow ${service}`;
  }),
}));

/** Returns whether a role's trust policy allows a service; true if the policy is unknown. */
function trusts(graph: Graph, role: GraphResource, service: string): boolean {
  const source = policySourceOf(graph, role, "assumeRolePolicy");
  if (!source) return true;
  const account = parseArn(role.outputs.arn)?.account;
  const context = account === undefined ? {} : { "aws:sourceaccount": account };
  const request = { action: "sts:AssumeRole", resource: "*", caller: { service }, context };
  const { allow, deny } = resourceOpinion(source.statements, request, true);
  return allow !== "no" && deny !== "yes";
}
