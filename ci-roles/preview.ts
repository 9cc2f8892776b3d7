import { defaultTags } from "../provider";
import { calls } from "./calls";
import { aboutNothing, describedTogether } from "./deploy";
import { describeZones, findZones } from "./deployDomain";
import { allow, type Conditions, type Statement } from "./document";
import { aliasNames, arnOf, functionArns, gatewayArn, iamArn, keyArns, type Place, type Scope } from "./scope";

/** Each once, in order: the policy is then the same text for the same program. */
const reads = [...new Set(Object.values(calls).flatMap(({ read }) => read))].sort();

/** Reads that AWS allows on `*` alone, or that say nothing of a stack. */
const onAnything = reads.filter(
  (action) => [...aboutNothing, ...describedTogether, ...findZones].includes(action) || action.startsWith("ec2:"),
);
const onTagged = reads.filter((action) => /^(acm|apigateway|kms):/.test(action));
const ofFunctions = ["lambda:GetFunction"];
const onNamed = reads.filter((action) => ![...onAnything, ...onTagged, ...describeZones, ...ofFunctions].includes(action));

/**
 * Returns what a comparison with what is deployed reads of each type of resource that the program has, and no more: descriptions and settings, never
 * what a resource holds.
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
    allow("ReadApiAccount", ["apigateway:GET"], gatewayArn(place, "/account")),
    allow("ReadZones", describeZones, `arn:${place.partition}:route53:::hostedzone/*`),
  ];
}

/**
 * Allows describing these stacks' functions only: the answer contains the address of the code.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
 */
export function previewFunctions(place: Place, scopes: readonly Scope[]): Statement[] {
  return [allow("ReadFunctions", ofFunctions, scopes.flatMap(functionArns)), readEnvironments(place, scopes)];
}

const ofProject = (): Conditions => ({ StringEquals: { "aws:ResourceTag/Project": defaultTags("").Project } });

/** Returns what the program's resources are called, whichever stack they are of. */
function namePatterns(place: Place): string[] {
  const { partition, account } = place;
  return [
    arnOf(place, "cloudtrail", "trail/webhook-*"),
    arnOf(place, "cloudwatch", "alarm:webhook-*"),
    `arn:${partition}:cloudwatch::${account}:dashboard/webhook-*`,
    arnOf(place, "dynamodb", "table/webhook-*"),
    arnOf(place, "events", "archive/webhook-*"),
    arnOf(place, "events", "event-bus/webhook-*"),
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

/** Allows reading the functions' environment, which Lambda decrypts in the name of the caller. It holds names, no secret. */
function readEnvironments(place: Place, scopes: readonly Scope[]): Statement {
  const aliases = scopes.map((scope) => aliasNames(scope)[0]);
  return allow("ReadEnvironments", ["kms:Decrypt"], keyArns(place), { "ForAnyValue:StringEquals": { "kms:ResourceAliases": aliases } });
}
