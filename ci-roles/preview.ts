import { defaultTags } from "../provider";
import { calls } from "./calls";
import { actionsWithoutResource, describedTogether } from "./deploy";
import { describeZones, findZones } from "./deployDomain";
import { allow, type Conditions, type Statement } from "./document";
import { aliasNames, arnOf, functionArns, gatewayArn, iamArn, keyArns, mappingArns, type Place, type Scope } from "./scope";

/** All read actions, unique and sorted, so that the policy's text is stable. */
const reads = [...new Set(Object.values(calls).flatMap(({ read }) => read))].sort();

/** Read actions that AWS allows only on `*`, or that reveal nothing about a stack. */
const onAnything = reads.filter(
  (action) => [...actionsWithoutResource, ...describedTogether, ...findZones].includes(action) || action.startsWith("ec2:"),
);
const onTagged = reads.filter((action) => /^(acm|apigateway|kms):/.test(action));
const ofFunctions = ["lambda:GetFunction"];
/** Read actions for event source mappings. AWS chooses their names; functions have tags as well. */
const ofMappings = ["lambda:GetEventSourceMapping", "lambda:ListTags"];
const onNamed = reads.filter(
  (action) => ![...onAnything, ...onTagged, ...describeZones, ...ofFunctions, "lambda:GetEventSourceMapping"].includes(action),
);

/**
 * Allows reading descriptions and settings of the program's resource types, but never the data in them.
 */
export function previewServices(place: Place): Statement[] {
  return [
    allow("ReadAnything", onAnything, "*"),
    allow("ReadNamed", onNamed, namePatterns(place)),
    allow(
      "ReadTagged",
      onTagged.filter((action) => !onAnything.includes(action)),
      [keyArns(place), arnOf(place, "acm", "certificate/*"), ...["/restapis/*", "/domainnames/*"].map((path) => gatewayArn(place, path))],
      ofProject(),
    ),
    allow("ReadMappings", ofMappings, mappingArns(place), ofProject()),
    allow("ReadApiAccount", ["apigateway:GET"], gatewayArn(place, "/account")),
    allow("ReadZones", describeZones, `arn:${place.partition}:route53:::hostedzone/*`),
  ];
}

/** Allows describing the functions of these stacks only, because a function's description includes a link to its code.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
export function previewFunctions(place: Place, scopes: readonly Scope[]): Statement[] {
  return [allow("ReadFunctions", ofFunctions, scopes.flatMap(functionArns)), readEnvironments(place, scopes)];
}

const ofProject = (): Conditions => ({ StringEquals: { "aws:ResourceTag/Project": defaultTags("").Project } });

/** Lists ARN patterns of the program's resources in any stack. */
function namePatterns(place: Place): string[] {
  const { partition, account } = place;
  return [
    arnOf(place, "cloudtrail", "trail/webhook-*"),
    arnOf(place, "cloudwatch", "alarm:webhook-*"),
    `arn:${partition}:cloudwatch::${account}:dashboard/webhook-*`,
    arnOf(place, "dynamodb", "table/webhook-*"),
    arnOf(place, "events", "archive/webhook-*"),
    arnOf(place, "events", "event-bus/webhook-*"),
    arnOf(place, "events", "rule/webhook-*"),
    iamArn(place, "role/webhook-*"),
    arnOf(place, "lambda", "function:webhook-*"),
    arnOf(place, "logs", "log-group:*webhook-*"),
    arnOf(place, "pipes", "pipe/webhook-*"),
    `arn:${partition}:s3:::webhook-*-${account}`,
    arnOf(place, "scheduler", "schedule/default/webhook-*"),
    arnOf(place, "secretsmanager", "secret:webhook-*"),
    arnOf(place, "sns", "webhook-*"),
    arnOf(place, "sqs", "webhook-*"),
    arnOf(place, "states", "stateMachine:webhook-*"),
    arnOf(place, "wafv2", "regional/webacl/webhook-*"),
    gatewayArn(place, "/restapis/*/stages/webhook-*"),
  ];
}

/** Allows decrypting the functions' environments, which Lambda does in the caller's name. They contain names, but no secrets. */
function readEnvironments(place: Place, scopes: readonly Scope[]): Statement {
  const aliases = scopes.map((scope) => aliasNames(scope)[0]);
  return allow("ReadEnvironments", ["kms:Decrypt"], keyArns(place), { "ForAnyValue:StringEquals": { "kms:ResourceAliases": aliases } });
}
