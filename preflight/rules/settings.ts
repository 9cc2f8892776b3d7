import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { duplicates, each, eachResource, type Problems } from "../check";
import { fields, isKnown, list, textInput, valueAt } from "../graph/graph";
import type { RuleEntry } from "../rule";
import { tagsOf } from "../tags";

/** Characters of a tag's key and value: letters, digits, spaces and _.:/=+-@. A resource can have fifty tags.
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function tagProblems(resource: GraphResource): Problems {
  const tags = Object.entries(tagsOf(resource));
  return [
    tags.length > 50 && `it has ${tags.length} tags. AWS allows 50`,
    ...tags
      .filter(([key]) => /^aws:/i.test(key) || key.length < 1 || key.length > 128 || !tagText.test(key))
      .map(([key]) => `the tag key "${key}" is invalid`),
    ...tags
      .filter(([, value]) => isKnown(value) && (String(value).length > 256 || !tagText.test(String(value))))
      .map(([key, value]) => `the tag ${key} has the invalid value "${String(value)}"`),
  ];
}

interface FirewallRule {
  name?: string;
  priority?: number;
  action?: Record<string, { customResponse?: { responseCode?: number } }>;
  overrideAction?: object;
  statement?: Record<string, unknown>;
  visibilityConfig?: object;
}

/** Status codes that AWS WAF can send for a blocked request. @see https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-status-codes.html */
const responseCodes = [
  200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 416, 421, 429,
  500, 501, 502, 503, 504, 505,
];

function firewallProblems({ inputs }: GraphResource): Problems {
  const rules = list<FirewallRule>(inputs.rules);
  const priorities = rules.map(({ priority }) => priority);
  const names = rules.map(({ name }) => name);
  const actions = Object.keys(fields(inputs.defaultAction));
  return [
    !(actions.length === 1 && ["allow", "block"].includes(actions[0])) && "defaultAction must be either allow or block",
    inputs.visibilityConfig === undefined && "visibilityConfig is missing",
    ...duplicates(priorities).map((one) => `two rules have the priority ${one}`),
    ...duplicates(names).map((one) => `two rules have the name ${one}`),
    ...rules.flatMap(({ name, action, overrideAction, statement = {}, visibilityConfig }) => {
      const group = "managedRuleGroupStatement" in statement || "ruleGroupReferenceStatement" in statement;
      const code = action?.block?.customResponse?.responseCode;
      return [
        Object.keys(statement).length !== 1 && `the rule ${name} has ${Object.keys(statement).length} statements. AWS allows one`,
        (group ? overrideAction : action) === undefined && `the rule ${name} has no ${group ? "overrideAction" : "action"}`,
        (group ? action : overrideAction) !== undefined &&
          `the rule ${name} has an ${group ? "action, which is not allowed for a rule group" : "overrideAction, which is allowed only for a rule group"}`,
        visibilityConfig === undefined && `the rule ${name} has no visibilityConfig`,
        !(code === undefined || responseCodes.includes(code)) &&
          `the rule ${name} has the responseCode ${code}, which AWS WAF does not allow`,
      ];
    }),
  ];
}

/** Rules for tags, firewalls, networks and certificates. */
export const settingRules: RuleEntry[] = [
  {
    id: "tags",
    awsError: "InvalidParameterValue: Tag keys starting with 'aws:' are reserved for internal use",
    cause: "AWS limits the number, length and characters of tags, and reserves the prefix aws:.",
    fix: "Use up to 50 tags of letters, digits, spaces and _.:/=+-@, without the prefix aws:.",
    link: "https://github.com/jcjorel/ec2-spot-converter/issues/13",
    check: eachResource(tagProblems),
  },
  {
    id: "waf-rules",
    awsError: "WAFInvalidParameterException: Error reason: You have a duplicate priority. Priorities must be unique., field: RULE",
    cause: "Each rule of a web ACL requires its own name and priority, one statement, an action and visibilityConfig.",
    fix: "Give each rule its own name and priority, one statement, visibilityConfig, and an action (overrideAction for a rule group).",
    link: "https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html",
    check: each(Type.webAcl, firewallProblems),
  },
  {
    id: "waf-scope",
    awsError: "WAFInvalidParameterException: Error reason: The ARN isn't valid., field: RESOURCE_ARN",
    cause: "A web ACL for CloudFront cannot protect a regional resource.",
    fix: "Set the web ACL's scope to REGIONAL.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/28753",
    check: each(Type.webAclAssociation, (resource, graph) => {
      const acl = graph.target(resource, "webAclArn", Type.webAcl);
      return (
        acl && acl.inputs.scope !== "REGIONAL" && `the web ACL ${acl.name} has the scope ${String(acl.inputs.scope)}. AWS allows REGIONAL`
      );
    }),
  },
  {
    id: "waf-resource",
    awsError: "WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins with arn:, field: RESOURCE_ARN",
    cause: "A regional web ACL protects an API stage, a load balancer or one of a few other resources, by the resource's own ARN.",
    fix: "Set resourceArn to the stage's arn, not to its executionArn.",
    link: "https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html",
    check: each(Type.webAclAssociation, (resource) => {
      const arn = textInput(resource, "resourceArn");
      const right =
        arn === undefined ||
        /^arn:[\w-]+:(apigateway:[\w-]+::\/restapis\/[^/]+\/stages\/|elasticloadbalancing:|appsync:|cognito-idp:|apprunner:|ec2:|amplify:)/.test(
          arn,
        );
      return !right && `resourceArn is ${arn}, which is not the ARN of a resource that AWS WAF protects`;
    }),
  },
  {
    id: "waf-log-group-name",
    awsError: "WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins with arn: …, field: LOG_DESTINATION",
    cause: "AWS WAF logs only to log groups whose name begins with aws-waf-logs-.",
    fix: "Begin the log group's name with aws-waf-logs-.",
    link: "https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html",
    check: each(Type.webAclLogging, (resource, graph) =>
      graph.referred(resource, "logDestinationConfigs", Type.logGroup).flatMap((group) => {
        const name = textInput(group, "name");
        return (
          name !== undefined && !name.startsWith("aws-waf-logs-") && `its log group is ${name}, which does not begin with aws-waf-logs-`
        );
      }),
    ),
  },
  {
    id: "security-group",
    awsError:
      "InvalidParameterValue: Invalid security group description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    cause: "EC2 limits the characters of descriptions, and a rule requires a protocol, ascending ports and a source or destination.",
    fix: "Use only the allowed characters in descriptions, and complete the rule.",
    link: "https://github.com/cds-snc/notification-terraform/pull/561",
    check: each(Type.securityGroup, groupProblems),
  },
  {
    id: "regional-certificate",
    awsError: "BadRequestException: The provided certificate does not exist",
    cause: "A regional domain name requires an issued certificate of the API's own region.",
    fix: "Set regionalCertificateArn to a validated certificate in the same region.",
    link: "https://github.com/aws/aws-cdk/issues/3612",
    check: each(Type.domainName, (resource, graph) => {
      const regional = valueAt(resource, "endpointConfiguration.types") === "REGIONAL";
      const { regionalCertificateArn, certificateArn } = resource.inputs;
      const certificate = graph.target(resource, "regionalCertificateArn", Type.certificate);
      const validated = certificate && graph.referringTo(certificate, Type.certificateValidation);
      const early = validated?.length === 0 && certificate?.inputs.validationMethod === "DNS";
      return [
        regional &&
          regionalCertificateArn === undefined &&
          `regionalCertificateArn is missing${certificateArn ? ", and certificateArn is only for edge endpoints" : ""}`,
        early && `it does not depend on the validation of the certificate ${certificate.name}`,
      ];
    }),
  },
];

interface GroupRule {
  protocol?: string;
  fromPort?: number;
  toPort?: number;
  description?: string;
  cidrBlocks?: unknown[];
  [source: string]: unknown;
}

const described = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;
const sources = ["cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups", "self"];

function groupProblems({ inputs }: GraphResource): Problems {
  const rules = [...list<GroupRule>(inputs.egress), ...list<GroupRule>(inputs.ingress)];
  const texts = [inputs.description, ...rules.map(({ description }) => description)].filter(
    (text) => typeof text === "string" && isKnown(text),
  );
  return [
    ...texts
      .filter((text) => !described.test(text as string))
      .map((text) => `a description is "${String(text)}", which has characters that EC2 does not allow`),
    ...rules.flatMap((rule) => [
      (rule.protocol === undefined || !/^(-1|tcp|udp|icmp|icmpv6|all|\d+)$/.test(rule.protocol)) &&
        `a rule has the protocol ${String(rule.protocol ?? "(none)")}. AWS allows tcp, udp, icmp, icmpv6, -1, all or a number`,
      (rule.fromPort === undefined || rule.toPort === undefined || rule.fromPort > rule.toPort || rule.toPort > 65_535) &&
        `a rule has the ports ${rule.fromPort ?? "(none)"} to ${rule.toPort ?? "(none)"}. AWS allows ascending ports up to 65,535`,
      !sources.some((source) => rule[source] !== undefined) && "a rule has neither a source nor a destination",
      ...list(rule.cidrBlocks)
        .filter((block) => isKnown(block) && !/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/.test(String(block)))
        .map((block) => `a rule has the invalid CIDR block ${String(block)}`),
    ]),
  ];
}
