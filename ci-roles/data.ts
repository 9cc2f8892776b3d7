import type { Statement } from "./document";

/** Actions that read events, secrets, messages, log lines and executions. */
const dataActions = [
  "dynamodb:BatchGetItem",
  "dynamodb:ExportTableToPointInTime",
  "dynamodb:GetItem",
  "dynamodb:GetRecords",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:GetLogRecord",
  "logs:GetQueryResults",
  "logs:StartLiveTail",
  "logs:StartQuery",
  "logs:Unmask",
  "secretsmanager:BatchGetSecretValue",
  "secretsmanager:GetSecretValue",
  "sqs:ReceiveMessage",
  "ssm:GetParameter*",
  "states:DescribeExecution",
  "states:GetExecutionHistory",
];

/** Denies reading events, secrets, messages, log lines, and all objects except the state's. Neither pull requests nor deployments need them. */
export function denyDataAccess(stateObjects: string[]): Statement[] {
  return [
    { Sid: "KeepFromData", Effect: "Deny", Action: dataActions, Resource: "*" },
    { Sid: "KeepFromObjects", Effect: "Deny", Action: ["s3:GetObject", "s3:GetObjectVersion"], NotResource: stateObjects },
  ];
}
