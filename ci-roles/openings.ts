import { deny, type Statement } from "./document";

/** Ways that the program does not use to let somebody else in, or to have what a stack holds sent elsewhere. */
const unused = [
  "acm:ExportCertificate",
  "dynamodb:EnableKinesisStreamingDestination",
  "dynamodb:PutResourcePolicy",
  "events:PutPermission",
  "events:PutResourcePolicy",
  "events:PutTargets",
  "lambda:CreateFunctionUrlConfig",
  "lambda:EnableReplication",
  "lambda:PutResourcePolicy",
  "lambda:UpdateFunctionUrlConfig",
  "logs:CreateExportTask",
  "logs:PutSubscriptionFilter",
  "s3:ObjectOwnerOverrideToBucketOwner",
  "s3:PutBucketAcl",
  "s3:PutBucketLogging",
  "s3:PutInventoryConfiguration",
  "s3:PutObjectAcl",
  "s3:PutObjectVersionAcl",
  "s3:PutReplicationConfiguration",
  "secretsmanager:PutResourcePolicy",
  "secretsmanager:RotateSecret",
  "sns:AddPermission",
  "sqs:AddPermission",
  "wafv2:PutPermissionPolicy",
];

/**
 * Returns a deployment lets nobody in where a condition can say so: functions are called by API Gateway, and a key is granted only to a service that
 * asks in the deployment's name, as Lambda and DynamoDB do.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-permissions.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function letNobodyIn(): Statement[] {
  return [
    deny("LetNobodyIn", unused, "*"),
    deny("LetApisCall", ["lambda:AddPermission"], "*", { StringNotEquals: { "lambda:Principal": "apigateway.amazonaws.com" } }),
    deny("GrantToServices", ["kms:CreateGrant"], "*", { Null: { "kms:ViaService": "true" } }),
  ];
}
