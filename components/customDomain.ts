import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Domain } from "../config/schema";
import { webhookPath } from "../domain/paths";
import { protectedOptions, type StackContext } from "./lib/context";
import type { WebhookApi } from "./webhookApi/webhookApi";

export interface CustomDomainArgs {
  context: StackContext;
  webhookApi: WebhookApi;
  domain: Domain;
}

const recordTtlSeconds = 60;

/**
 * Puts the API under your own host name, so that URLs outlive the API. It creates an ACM certificate validated by DNS, a domain that
 * requires TLS 1.2 or later, and an address record.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
 */
export class CustomDomain extends pulumi.ComponentResource {
  /** URL to which each source posts; known once the host name resolves. */
  readonly urls: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: CustomDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:CustomDomain", name, {}, opts);
    const parent = this;
    const { context, webhookApi, domain } = args;

    const zoneId = aws.route53.getZoneOutput({ name: domain.hostedZone, privateZone: false }, { parent }).zoneId;
    const certificate = createCertificate();
    const validation = validateCertificate();
    const domainName = createDomainName();
    const mapping = mapToStage();
    const record = createRecord();
    this.urls = Object.fromEntries(context.config.sources.map(({ name }) => [name, urlOf(name)]));
    this.registerOutputs({ urls: this.urls });

    function urlOf(source: string): pulumi.Output<string> {
      return pulumi.all([record.name, mapping.id]).apply(() => `https://${domain.name}${webhookPath(source)}`);
    }

    function createCertificate(): aws.acm.Certificate {
      return new aws.acm.Certificate(`${name}-certificate`, { domainName: domain.name, validationMethod: "DNS" }, { parent });
    }

    /**
     * Waits until ACM has validated the record, because API Gateway refuses a certificate before that. The record may exist already, left
     * by another stack.
     */
    function validateCertificate(): aws.acm.CertificateValidation {
      const proof = certificate.domainValidationOptions[0];
      const proofRecord = new aws.route53.Record(
        `${name}-certificate`,
        {
          zoneId,
          name: proof.resourceRecordName,
          type: proof.resourceRecordType,
          records: [proof.resourceRecordValue],
          ttl: recordTtlSeconds,
          allowOverwrite: true,
        },
        { parent: certificate },
      );
      return new aws.acm.CertificateValidation(
        `${name}-certificate`,
        { certificateArn: certificate.arn, validationRecordFqdns: [proofRecord.fqdn] },
        { parent: certificate },
      );
    }

    function createDomainName(): aws.apigateway.DomainName {
      return new aws.apigateway.DomainName(
        name,
        {
          domainName: domain.name,
          regionalCertificateArn: validation.certificateArn,
          endpointConfiguration: { types: "REGIONAL" },
          securityPolicy: "TLS_1_2",
        },
        protectedOptions(context, parent),
      );
    }

    function mapToStage(): aws.apigateway.BasePathMapping {
      return new aws.apigateway.BasePathMapping(
        name,
        { restApi: webhookApi.api.id, stageName: webhookApi.stage.stageName, domainName: domainName.domainName },
        protectedOptions(context, parent),
      );
    }

    function createRecord(): aws.route53.Record {
      return new aws.route53.Record(
        name,
        {
          zoneId,
          name: domain.name,
          type: "A",
          aliases: [{ name: domainName.regionalDomainName, zoneId: domainName.regionalZoneId, evaluateTargetHealth: false }],
        },
        protectedOptions(context, parent),
      );
    }
  }
}
