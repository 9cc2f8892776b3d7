import { deny, type Statement } from "./document";

/** Actions that give others access or send a stack's data elsewhere, and that the program does not use. */
const unused = [
  "acm:ExportCertificate",
  "dynamodb:EnableKinesisStreamingDestination",
  "dynamodb:PutResourcePolicy",
  "events:PutPermission",
  "events:PutResourcePolicy",
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
 * Denies a deployment to give others access, as far as conditions can express it. Only API Gateway can get permission to call a function. Only
 * a service that acts for the deployment, such as Lambda and DynamoDB, can get a grant on a key.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-permissions.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function denyOutsideAccess(): Statement[] {
  return [
    deny("LetNobodyIn", unused, "*"),
    deny("LetApisCall", ["lambda:AddPermission"], "*", { StringNotEquals: { "lambda:Principal": "apigateway.amazonaws.com" } }),
    deny("GrantToServices", ["kms:CreateGrant"], "*", { Null: { "kms:ViaService": "true" } }),
  ];
}
