import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { confidentialHeaders } from "../domain/sources";
import { logGroupName } from "../domain/names";
import { protectedOptions, type StackContext } from "./lib/context";
import type { Encryption } from "./encryption";
import { createLogGroup } from "./lib/logGroup";
import type { WebhookApi } from "./webhookApi/webhookApi";

export interface FirewallArgs {
  context: StackContext;
  encryption: Encryption;
  webhookApi: WebhookApi;
}

type Rule = aws.types.input.wafv2.WebAclRule;

/**
 * Rules of AWS's common set that only count. Most look for attacks in the body. Webhooks rightly carry URLs, markup and more than 8 KB
 * there, and the signature proves who wrote the body. A source need not send a user agent.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const countedOnly = [
  "SizeRestrictions_BODY",
  "CrossSiteScripting_BODY",
  "GenericLFI_BODY",
  "GenericRFI_BODY",
  "EC2MetaDataSSRF_BODY",
  "NoUserAgent_HEADER",
];

/**
 * Matches a `Content-Length` of seven million bytes or more, which is more than Lambda accepts. AWS WAF reads at most 64 KB of a body, so
 * it cannot measure the body itself. Its patterns have no capturing groups.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-regex-pattern-support.html
 */
export const tooLongPattern = "^0*(?:[7-9][0-9]{6}|[1-9][0-9]{7,})$";

/** Puts AWS WAF in front of the API: a rate limit per address, AWS's common rules, a size limit, and a log of blocked requests. */
export class Firewall extends pulumi.ComponentResource {
  readonly webAcl: aws.wafv2.WebAcl;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Firewall", name, {}, opts);
    const parent = this;
    const { context, webhookApi } = args;
    const { config } = context;

    const webAcl = createWebAcl();
    createLogging();
    associateWithStage();
    this.webAcl = webAcl;
    this.registerOutputs({ webAclArn: webAcl.arn });

    function createWebAcl(): aws.wafv2.WebAcl {
      return new aws.wafv2.WebAcl(
        name,
        {
          name: context.name("webAcl"),
          description: "Protects the webhook API",
          scope: "REGIONAL",
          defaultAction: { allow: {} },
          rules: [limitRate(), limitSize(), applyCommonRules()].map((rule, priority) => ({ ...rule, priority })),
          visibilityConfig: visibility(context.name("webAcl")),
        },
        protectedOptions(context, parent),
      );
    }

    function limitRate(): Omit<Rule, "priority"> {
      return {
        name: "rate-per-address",
        action: { block: { customResponse: { responseCode: 429 } } },
        statement: { rateBasedStatement: { aggregateKeyType: "IP", evaluationWindowSec: 300, limit: config.wafRequestsPerAddress } },
        visibilityConfig: visibility("rate-per-address"),
      };
    }

    function limitSize(): Omit<Rule, "priority"> {
      return {
        name: "size",
        action: { block: { customResponse: { responseCode: 413 } } },
        statement: {
          regexMatchStatement: {
            regexString: tooLongPattern,
            fieldToMatch: { singleHeader: { name: "content-length" } },
            textTransformations: [{ priority: 0, type: "NONE" }],
          },
        },
        visibilityConfig: visibility("size"),
      };
    }

    function applyCommonRules(): Omit<Rule, "priority"> {
      return {
        name: "common-rules",
        overrideAction: { none: {} },
        statement: {
          managedRuleGroupStatement: {
            vendorName: "AWS",
            name: "AWSManagedRulesCommonRuleSet",
            ruleActionOverrides: countedOnly.map((name) => ({ name, actionToUse: { count: {} } })),
          },
        },
        visibilityConfig: visibility("common-rules"),
      };
    }

    /** Returns the visibility of a rule. Sampling is off: sampled requests would show headers, including signatures, in the AWS console. */
    function visibility(metricName: string) {
      return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false };
    }

    /** Logs blocked requests only, without signatures and query strings. The API's access log has all others. */
    function createLogging(): void {
      const logGroup = createLogGroup(`${name}-logs`, logGroupName.webAcl(context.name("webAcl")), args, parent);
      const confidential = new Set(context.config.sources.flatMap(confidentialHeaders));
      new aws.wafv2.WebAclLoggingConfiguration(
        name,
        {
          resourceArn: webAcl.arn,
          logDestinationConfigs: [logGroup.arn],
          loggingFilter: {
            defaultBehavior: "DROP",
            filters: [{ behavior: "KEEP", requirement: "MEETS_ANY", conditions: [{ actionCondition: { action: "BLOCK" } }] }],
          },
          redactedFields: [...[...confidential].map((name) => ({ singleHeader: { name } })), { queryString: {} }],
        },
        protectedOptions(context, parent),
      );
    }

    /** Associates the web ACL with the stage. The stage's ARN makes it wait: AWS WAF refuses a stage that does not exist yet. */
    function associateWithStage(): aws.wafv2.WebAclAssociation {
      return new aws.wafv2.WebAclAssociation(
        name,
        { resourceArn: webhookApi.stage.arn, webAclArn: webAcl.arn },
        protectedOptions(context, parent),
      );
    }
  }
}
