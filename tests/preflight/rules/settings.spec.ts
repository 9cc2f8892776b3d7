import { Type } from "../../../preflight/graph/types";
import { confidentialRules } from "../../../preflight/rules/confidential";
import { settingRules } from "../../../preflight/rules/settings";
import { other, own, specifyRules, type PlantedViolation } from "../../helpers/brokenGraph";

type Json = Record<string, unknown>;
interface FirewallRule extends Json {
  action?: { block: { customResponse: { responseCode: number } } };
}

const firewall = (change: (rules: FirewallRule[], acl: Json) => void, ...also: string[]): PlantedViolation =>
  own(
    (broken) => {
      const acl = broken.one(Type.webAcl);
      change(acl.inputs.rules as FirewallRule[], acl.inputs);
      return acl;
    },
    ...also,
  );
const egress = (change: (rule: Json) => void): PlantedViolation =>
  own((broken) => {
    const group = broken.one(Type.securityGroup);
    change((group.inputs.egress as Json[])[0]);
    return group;
  });
const variable = (name: string, value: string) => other((broken) => broken.set(Type.function, `environment.variables.${name}`, value));

describe("Rules for settings", () =>
  specifyRules(settingRules, {
    tags: [
      other((broken) => broken.set(Type.queue, "tags", { "aws:owner": "x" })),
      other((broken) => broken.set(Type.queue, "tags", { owner: "x*" })),
      other((broken) =>
        broken.set(Type.queue, "tags", Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag-${index}`, "x"]))),
      ),
      own((broken) =>
        broken.set(
          Type.provider,
          "defaultTags",
          JSON.stringify({ tags: { Project: "webhook|pipeline", Environment: "dev", ManagedBy: "pulumi" } }),
        ),
      ),
    ],
    "waf-rules": [
      firewall((rules) => (rules[1].priority = 0)),
      firewall((rules) => (rules[1].name = "rate-per-address")),
      firewall((rules) => (rules[0].action!.block.customResponse.responseCode = 418)),
      firewall((rules) => delete rules[0].action),
      firewall((rules) => (rules[2].action = rules[0].action)),
      firewall((rules) => delete rules[0].visibilityConfig),
      firewall((_rules, acl) => delete acl.visibilityConfig, "input-missing"),
      firewall((rules) => (rules[0].overrideAction = { none: {} })),
      firewall((rules) => delete rules[0].statement),
      firewall((_rules, acl) => (acl.defaultAction = { count: {} })),
    ],
    "waf-scope": own((broken) => [broken.set(Type.webAcl, "scope", "CLOUDFRONT"), broken.one(Type.webAclAssociation)]),
    "waf-resource": own((broken) => broken.set(Type.webAclAssociation, "resourceArn", broken.one(Type.stage).outputs.executionArn)),
    "waf-log-group-name": own((broken) => {
      const logging = broken.one(Type.webAclLogging);
      broken.set(Type.logGroup, "name", "firewall/webhook-x-dev", "firewall-logs");
      return logging;
    }),
    "security-group": [
      own((broken) => broken.set(Type.securityGroup, "description", "Functions’ way out")),
      egress((rule) => (rule.description = "AWS → PayPal")),
      egress((rule) => (rule.protocol = "https")),
      egress((rule) => (rule.fromPort = 444)),
      egress((rule) => delete rule.cidrBlocks),
      egress((rule) => (rule.cidrBlocks = ["everywhere"])),
    ],
    "regional-certificate": [
      own((broken) => broken.set(Type.domainName, "regionalCertificateArn", undefined)),
      own((broken) => {
        const domain = broken.one(Type.domainName);
        domain.inputs.certificateArn = domain.inputs.regionalCertificateArn;
        delete domain.inputs.regionalCertificateArn;
        return domain;
      }),
      own((broken) => [broken.remove(Type.certificateValidation), broken.one(Type.domainName)], "reference-literal"),
    ],
  }));

describe("Rules for confidential data", () =>
  specifyRules(confidentialRules, {
    "secret-plain": [
      variable("KEY_ID", `AKIA${"A".repeat(16)}`),
      variable("SIGNER", `whsec_${"a".repeat(24)}`),
      variable("GIT", `ghp_${"a".repeat(36)}`),
      variable("CHAT", `xoxb-${"1".repeat(12)}`),
      variable("SHOP", `EAAA${"a".repeat(60)}`),
      variable("PEM", "-----BEGIN RSA PRIVATE KEY-----"),
      variable("DATABASE", "postgres://shop:hunter2@example.com/shop"),
    ],
    "secret-variable": [variable("DB_PASSWORD", "hunter2"), variable("API_TOKEN", "abc")],
    "data-in-logs": [
      own((broken) => broken.set(Type.methodSettings, "settings.dataTraceEnabled", true), "project-api"),
      own((broken) => broken.set(Type.pipe, "logConfiguration.includeExecutionDatas", ["ALL"])),
      variable("POWERTOOLS_LOGGER_LOG_EVENT", "true"),
      variable("POWERTOOLS_LOG_LEVEL", "DEBUG"),
      other((broken) => broken.set(Type.stage, "accessLogSettings.format", "$context.requestId $context.authorizer.claims.email")),
    ],
  }));
