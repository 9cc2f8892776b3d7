import type { Statement } from "./document";

/** What reads events, secrets, messages, log lines and executions. */
const readings = [
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

/** Neither a pull request nor a deployment has any business with events, secrets, messages or log lines, whatever else allows it. Of objects,
 * only those of the state are read. */
export function keepFromData(stateObjects: string[]): Statement[] {
  return [
    { Sid: "KeepFromData", Effect: "Deny", Action: readings, Resource: "*" },
    { Sid: "KeepFromObjects", Effect: "Deny", Action: ["s3:GetObject", "s3:GetObjectVersion"], NotResource: stateObjects },
  ];
}
