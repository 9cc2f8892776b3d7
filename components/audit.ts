import * as aws from "@pulumi/aws";
import { Trail } from "@pulumi/awsx/cloudtrail";
import * as pulumi from "@pulumi/pulumi";
import { protectedOptions, type StackContext } from "./lib/context";
import type { EventStore } from "./eventStore/eventStore";

export interface AuditArgs {
  context: StackContext;
  eventStore: EventStore;
}

/**
 * Records who read or wrote events and payloads, who read a secret, and who changed a resource or a role. The trail has its own bucket. It
 * covers all regions, because a trail of one region receives IAM and STS events only in us-east-1.
 * @see
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-a-trail-by-using-the-aws-cli-update-trail.html
 */
export class Audit extends pulumi.ComponentResource {
  readonly trail: Trail;

  constructor(name: string, args: AuditArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Audit", name, {}, opts);
    const { context, eventStore } = args;
    this.trail = new Trail(
      `${name}-trail`,
      {
        name: context.name("trail"),
        enableLogging: true,
        enableLogFileValidation: true,
        includeGlobalServiceEvents: true,
        isMultiRegionTrail: true,
        advancedEventSelectors: [tableEvents(eventStore.table.arn), payloadEvents(eventStore.payloadBucket.arn), managementEvents()],
        s3Bucket: { args: { bucket: context.bucketName("trailBucket"), forceDestroy: !context.config.deletionProtection } },
      },
      protectedOptions(context, this),
    );
    this.registerOutputs({ trail: this.trail.trail });
  }
}

type Selector = aws.types.input.cloudtrail.TrailAdvancedEventSelector;

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
function tableEvents(tableArn: pulumi.Input<string>): Selector {
  return {
    name: "Reads and writes of the events table",
    fieldSelectors: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: ["AWS::DynamoDB::Table"] },
      { field: "resources.ARN", equals: [tableArn] },
    ],
  };
}

function payloadEvents(bucketArn: pulumi.Output<string>): Selector {
  return {
    name: "Reads and writes of large payloads",
    fieldSelectors: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: ["AWS::S3::Object"] },
      { field: "resources.ARN", startsWiths: [pulumi.interpolate`${bucketArn}/`] },
    ],
  };
}

/** Selects management events, `GetSecretValue` among them. KMS events are excluded, because each of the other calls causes one. */
function managementEvents(): Selector {
  return {
    name: "Reads of secrets, and changes of resources and roles",
    fieldSelectors: [
      { field: "eventCategory", equals: ["Management"] },
      { field: "eventSource", notEquals: ["kms.amazonaws.com"] },
    ],
  };
}
