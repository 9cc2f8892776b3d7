import { Type } from "../../../graph/types";
import { confidentialRules } from "../../../preflight/rules/confidential";
import { settingRules } from "../../../preflight/rules/settings";
import { other, own, specifyRules, type Fault } from "../../helpers/patient";

type Json = Record<string, unknown>;
interface FirewallRule extends Json {
  action?: { block: { customResponse: { responseCode: number } } };
}

const firewall = (change: (rules: FirewallRule[], acl: Json) => void, ...also: string[]): Fault =>
  own(
    (patient) => {
      const acl = patient.one(Type.webAcl);
      change(acl.inputs.rules as FirewallRule[], acl.inputs);
      return acl;
    },
    ...also,
  );
const egress = (change: (rule: Json) => void): Fault =>
  own((patient) => {
    const group = patient.one(Type.securityGroup);
    change((group.inputs.egress as Json[])[0]);
    return group;
  });
const variable = (name: string, value: string) => other((patient) => patient.set(Type.function, `environment.variables.${name}`, value));

describe("Rules over settings", () =>
  specifyRules(settingRules, {
    tags: [
      other((patient) => patient.set(Type.queue, "tags", { "aws:owner": "x" })),
      other((patient) => patient.set(Type.queue, "tags", { owner: "x*" })),
      other((patient) =>
        patient.set(Type.queue, "tags", Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag-${index}`, "x"]))),
      ),
      own((patient) =>
        patient.set(
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
    "waf-scope": own((patient) => [patient.set(Type.webAcl, "scope", "CLOUDFRONT"), patient.one(Type.webAclAssociation)]),
    "waf-resource": own((patient) => patient.set(Type.webAclAssociation, "resourceArn", patient.one(Type.stage).outputs.executionArn)),
    "waf-log-group-name": own((patient) => {
      const logging = patient.one(Type.webAclLogging);
      patient.set(Type.logGroup, "name", "firewall/webhook-x-dev", "firewall-logs");
      return logging;
    }),
    "security-group": [
      own((patient) => patient.set(Type.securityGroup, "description", "Functions’ way out")),
      egress((rule) => (rule.description = "AWS → PayPal")),
      egress((rule) => (rule.protocol = "https")),
      egress((rule) => (rule.fromPort = 444)),
      egress((rule) => delete rule.cidrBlocks),
      egress((rule) => (rule.cidrBlocks = ["everywhere"])),
    ],
    "regional-certificate": [
      own((patient) => patient.set(Type.domainName, "regionalCertificateArn", undefined)),
      own((patient) => {
        const domain = patient.one(Type.domainName);
        domain.inputs.certificateArn = domain.inputs.regionalCertificateArn;
        delete domain.inputs.regionalCertificateArn;
        return domain;
      }),
      own((patient) => [patient.remove(Type.certificateValidation), patient.one(Type.domainName)], "reference-literal"),
    ],
  }));

describe("Rules over what is confidential", () =>
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
      own((patient) => patient.set(Type.methodSettings, "settings.dataTraceEnabled", true), "project-api"),
      own((patient) => patient.set(Type.pipe, "logConfiguration.includeExecutionDatas", ["ALL"])),
      variable("POWERTOOLS_LOGGER_LOG_EVENT", "true"),
      variable("POWERTOOLS_LOG_LEVEL", "DEBUG"),
      other((patient) => patient.set(Type.stage, "accessLogSettings.format", "$context.requestId $context.authorizer.claims.email")),
    ],
  }));
