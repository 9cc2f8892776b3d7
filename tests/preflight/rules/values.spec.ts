import { Type } from "../../../graph/types";
import { valueRules } from "../../../preflight/rules/values";
import { other, own, specifyRules } from "../../helpers/patient";

const eventSourceMapping = "aws:lambda/eventSourceMapping:EventSourceMapping";

describe("Rules over values that AWS's own models bound", () =>
  specifyRules(valueRules, {
    "acm-value": own((patient) => patient.set(Type.certificate, "validationMethod", "FAX")),
    "apigateway-value": own((patient) => patient.set(Type.domainName, "securityPolicy", "TLS_0_9")),
    "cloudwatch-value": [
      own((patient) => patient.set(Type.metricAlarm, "comparisonOperator", "GreaterThan")),
      own((patient) => patient.set(Type.metricAlarm, "alarmDescription", `${"x".repeat(1_100)} docs/runbook.md#x`)),
    ],
    "dynamodb-value": own((patient) => patient.set(Type.table, "tableClass", "CHEAP")),
    "events-value": other((patient) => patient.set("aws:cloudwatch/eventRule:EventRule", "state", "ON")),
    "iam-value": own((patient) => patient.set(Type.role, "maxSessionDuration", 60)),
    "kms-value": own((patient) => patient.set(Type.key, "keyUsage", "HASH")),
    "lambda-value": [
      own((patient) =>
        patient.set(
          Type.function,
          "vpcConfig.securityGroupIds",
          Array.from({ length: 6 }, (_, index) => `sg-${index}`),
        ),
      ),
      other((patient) => patient.set(eventSourceMapping, "batchSize", 10_001)),
    ],
    "logs-value": [
      own((patient) => patient.set(Type.logGroup, "logGroupClass", "COLD")),
      own((patient) => patient.set(Type.logMetricFilter, "name", `webhook-${"x".repeat(501)}-dev`)),
    ],
    "pipes-value": [
      own((patient) => patient.set(Type.pipe, "sourceParameters.dynamodbStreamParameters.batchSize", 0)),
      own((patient) => patient.set(Type.pipe, "desiredState", "ON")),
    ],
    "route53-value": own((patient) => patient.set(Type.record, "type", "ALIAS", "domain")),
    "secretsmanager-value": own((patient) => patient.set(Type.secret, "description", "x".repeat(2_049))),
    "stepfunctions-value": own((patient) => patient.set(Type.stateMachine, "type", "FAST")),
    "wafv2-value": [
      own((patient) => {
        const [rule] = patient.one(Type.webAcl).inputs.rules as { statement: { rateBasedStatement: { limit: number } } }[];
        rule.statement.rateBasedStatement.limit = 1;
        return patient.one(Type.webAcl);
      }),
      own((patient) => patient.set(Type.webAclLogging, "redactedFields", [{ singleHeader: { name: `x-${"a".repeat(63)}` } }])),
    ],
  }));
