import type { KnownType } from "./resourceType";

/** Types that this program does not create, but that rules check in other programs' graphs. */
export const foreignTypes = {
  bucketLifecycleV2: { token: "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2" },
  bucketV2: { token: "aws:s3/bucketV2:BucketV2" },
  cloudTrail: {
    token: "aws:cloudtrail/trail:Trail",
    uniqueName: "name",
    awsError: "TrailAlreadyExistsException: Trail {name} already exists for customer: 123456789012",
  },
  eventBusPolicy: { token: "aws:cloudwatch/eventBusPolicy:EventBusPolicy" },
  groupPolicy: { token: "aws:iam/groupPolicy:GroupPolicy" },
  keyPolicy: { token: "aws:kms/keyPolicy:KeyPolicy" },
  logDestinationPolicy: { token: "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy" },
  logResourcePolicy: { token: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy" },
  regexPatternSet: { token: "aws:wafv2/regexPatternSet:RegexPatternSet" },
  replicaKey: { token: "aws:kms/replicaKey:ReplicaKey" },
  restApiPolicy: { token: "aws:apigateway/restApiPolicy:RestApiPolicy" },
  secretPolicy: { token: "aws:secretsmanager/secretPolicy:SecretPolicy" },
  streamPolicy: { token: "aws:kinesis/resourcePolicy:ResourcePolicy" },
  tablePolicy: { token: "aws:dynamodb/resourcePolicy:ResourcePolicy" },
  userPolicy: { token: "aws:iam/userPolicy:UserPolicy" },
  vpcEndpoint: { token: "aws:ec2/vpcEndpoint:VpcEndpoint" },
  vpcEndpointPolicy: { token: "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy" },
} as const satisfies Record<string, KnownType>;
