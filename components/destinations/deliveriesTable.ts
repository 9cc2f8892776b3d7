import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { DeliveryAttribute, undeliveredIndex } from "../../domain/destinations";
import type { Encryption } from "../encryption";
import { protectedOptions, type StackContext } from "../lib/context";

/** Creates the table of deliveries and of the destinations' states. Its index holds what is open or failed, and nothing else. */
export function createDeliveriesTable(
  name: string,
  context: StackContext,
  encryption: Encryption,
  parent: pulumi.Resource,
): aws.dynamodb.Table {
  const { hashKey, rangeKey, attributes } = undeliveredIndex;
  return new aws.dynamodb.Table(
    name,
    {
      name: context.name("deliveriesTable"),
      billingMode: "PAY_PER_REQUEST",
      hashKey: DeliveryAttribute.id,
      attributes: [DeliveryAttribute.id, hashKey, rangeKey].map((attribute) => ({ name: attribute, type: "S" })),
      globalSecondaryIndexes: [
        { name: undeliveredIndex.name, hashKey, rangeKey, projectionType: "INCLUDE", nonKeyAttributes: [...attributes] },
      ],
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: encryption.dataKey.arn },
      ttl: { enabled: true, attributeName: DeliveryAttribute.expiresAt },
      deletionProtectionEnabled: context.config.deletionProtection,
    },
    protectedOptions(context, parent),
  );
}
