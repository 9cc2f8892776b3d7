import { Type } from "../../../preflight/graph/types";
import { valueRules } from "../../../preflight/rules/values";
import { other, own, specifyRules } from "../../helpers/brokenGraph";

const eventSourceMapping = "aws:lambda/eventSourceMapping:EventSourceMapping";

describe("Rules for values that AWS's API models limit", () =>
  specifyRules(valueRules, {
    "acm-value": own((broken) => broken.set(Type.certificate, "validationMethod", "FAX")),
    "apigateway-value": own((broken) => broken.set(Type.domainName, "securityPolicy", "TLS_0_9")),
    "cloudwatch-value": [
      own((broken) => broken.set(Type.metricAlarm, "comparisonOperator", "GreaterThan")),
      own((broken) => broken.set(Type.metricAlarm, "alarmDescription", `${"x".repeat(1_100)} docs/runbook.md#x`)),
    ],
    "dynamodb-value": own((broken) => broken.set(Type.table, "tableClass", "CHEAP")),
    "events-value": other((broken) => broken.set("aws:cloudwatch/eventRule:EventRule", "state", "ON")),
    "iam-value": own((broken) => broken.set(Type.role, "maxSessionDuration", 60)),
    "kms-value": own((broken) => broken.set(Type.key, "keyUsage", "HASH")),
    "lambda-value": [
      own((broken) =>
        broken.set(
          Type.function,
          "vpcConfig.securityGroupIds",
          Array.from({ length: 6 }, (_, index) => `sg-${index}`),
        ),
      ),
      other((broken) => broken.set(eventSourceMapping, "batchSize", 10_001)),
    ],
    "logs-value": [
      own((broken) => broken.set(Type.logGroup, "logGroupClass", "COLD")),
      own((broken) => broken.set(Type.logMetricFilter, "name", `webhook-${"x".repeat(501)}-dev`)),
    ],
    "pipes-value": [
      own((broken) => broken.set(Type.pipe, "sourceParameters.dynamodbStreamParameters.batchSize", 0)),
      own((broken) => broken.set(Type.pipe, "desiredState", "ON")),
    ],
    "route53-value": own((broken) => broken.set(Type.record, "type", "ALIAS", "domain")),
    "secretsmanager-value": own((broken) => broken.set(Type.secret, "description", "x".repeat(2_049))),
    "stepfunctions-value": own((broken) => broken.set(Type.stateMachine, "type", "FAST")),
    "wafv2-value": [
      own((broken) => {
        const [rule] = broken.one(Type.webAcl).inputs.rules as { statement: { rateBasedStatement: { limit: number } } }[];
        rule.statement.rateBasedStatement.limit = 1;
        return broken.one(Type.webAcl);
      }),
      own((broken) => broken.set(Type.webAclLogging, "redactedFields", [{ singleHeader: { name: `x-${"a".repeat(63)}` } }])),
    ],
  }));
