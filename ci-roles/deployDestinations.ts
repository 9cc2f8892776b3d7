import { allow, deny, type Statement } from "./document";
import { destinationQueueArns, functionArns, mappingArns, newTag, ownTag, type Scope } from "./scope";

/**
 * Allows managing the queues of destinations, and the mappings that hand their messages to the stack's function. A queue's name does not tell
 * whose it is: `webhook-to-*-dev` also matches `webhook-to-orders-my-dev`. A mapping is created on `*`, because AWS chooses its name.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-abac-condition-keys.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-permissions.html
 */
export function deployDestinations(scope: Scope): Statement[] {
  const queues = destinationQueueArns(scope);
  const mappings = mappingArns(scope);
  const ofOwnFunction = { ArnEquals: { "lambda:FunctionArn": functionArns(scope) } };
  return [
    allow("MakeQueues", ["sqs:CreateQueue", "sqs:TagQueue"], queues, newTag(scope)),
    allow("ManageQueues", ["sqs:*"], queues, ownTag(scope)),
    allow("MakeMappings", ["lambda:CreateEventSourceMapping"], "*", { ...newTag(scope), ...ofOwnFunction }),
    allow("TagMappings", ["lambda:TagResource"], mappings, newTag(scope)),
    allow("ChangeMappings", ["lambda:UpdateEventSourceMapping"], mappings, { ...ownTag(scope), ...ofOwnFunction }),
    allow(
      "ManageMappings",
      ["lambda:GetEventSourceMapping", "lambda:DeleteEventSourceMapping", "lambda:ListTags", "lambda:UntagResource"],
      mappings,
      ownTag(scope),
    ),
  ];
}

/**
 * Denies sending events to anything but queues of destinations: a target in another account would receive every event.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html#limit-rule-by-target
 */
export function denyOtherTargets(scope: Scope): Statement {
  return deny("SendToDestinations", ["events:PutTargets"], "*", {
    "ForAnyValue:ArnNotLike": { "events:TargetArn": destinationQueueArns(scope) },
  });
}
