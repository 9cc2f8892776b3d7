import { valueAt } from "../graph";
import type { Rule } from "../rule";
import { allowsService, statementsOf } from "../statements";

const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const account = "aws:apigateway/account:Account";

export const logRules: Rule[] = [
  {
    id: "log-group-key",
    severity: "error",
    answer: "AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:…'",
    cause: "CloudWatch Logs encrypts as a service: the key's own policy must name it; what roles may do does not count.",
    fix: "Allow kms:Encrypt, kms:Decrypt and kms:GenerateDataKey to logs.<region>.amazonaws.com in the key's policy.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    check: (graph) =>
      graph.all(logGroup).flatMap((resource) =>
        graph.referred(resource, "kmsKeyId", "aws:kms/key:Key").flatMap((key) => {
          const statements = statementsOf(key, "policy");
          const services = statements.flatMap(({ principals }) => principals.flatMap(({ values }) => values));
          const [service = "logs.<region>.amazonaws.com"] = services.filter((name) => /^logs\..+\.amazonaws\.com/.test(name));
          const lacking = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"].filter(
            (action) => !allowsService(statements, service, action),
          );
          return lacking.length > 0
            ? [{ resource, detail: `the policy of its key ${key.name} does not allow ${lacking.join(", ")} to ${service}` }]
            : [];
        }),
      ),
  },
  {
    id: "api-logging-role",
    severity: "error",
    answer: "BadRequestException: CloudWatch Logs role ARN must be set in account settings to enable logging",
    cause:
      "A stage with logs can only be made when the account has a role for them; the stage does not refer to it, so nothing orders the two.",
    fix: "Let the stage and its method settings depend on the account's settings.",
    link: "https://github.com/VirtusLab/besom/issues/347",
    check: (graph) => {
      const [settings] = graph.all(account);
      if (!settings) return [];
      const logging = [
        ...graph.all("aws:apigateway/stage:Stage").filter((stage) => valueAt(stage, "accessLogSettings") !== undefined),
        ...graph
          .all("aws:apigateway/methodSettings:MethodSettings")
          .filter((one) => ["INFO", "ERROR"].includes(valueAt(one, "settings.loggingLevel") as string)),
      ];
      return logging
        .filter((resource) => !graph.waitsFor(resource, settings))
        .map((resource) => ({ resource, detail: `it writes logs and does not wait for ${settings.name}` }));
    },
  },
  {
    id: "waf-log-group-name",
    severity: "error",
    answer: "WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins with arn: …, field: LOG_DESTINATION",
    cause: "AWS WAF takes log groups only whose name begins with aws-waf-logs-.",
    fix: "Name the log group aws-waf-logs-….",
    link: "https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html",
    check: (graph) =>
      graph.all("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").flatMap((resource) =>
        graph.referred(resource, "logDestinationConfigs", logGroup).flatMap((group) => {
          const name = valueAt(group, "name");
          const wrong = typeof name === "string" && !name.startsWith("aws-waf-logs-");
          return wrong ? [{ resource, detail: `its log group is called ${name}` }] : [];
        }),
      ),
  },
];
