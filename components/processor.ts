import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { leaseSeconds } from "../domain/processing";
import { Variable } from "../domain/variables";
import type { Encryption } from "./encryption";
import type { EventStore } from "./eventStore/eventStore";
import type { StackContext } from "./lib/context";
import { LambdaFunction } from "./lib/lambdaFunction";
import { allow } from "./lib/policies";
import { sourcesFile } from "./lib/sourcesFile";
import type { Network } from "./network";

export interface ProcessorArgs {
  context: StackContext;
  encryption: Encryption;
  eventStore: EventStore;
  /** Network of the function; absent: AWS's own network. */
  network?: Network;
}

/** Normalizes stored events: the function that the workflow calls. */
export class Processor extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;

  constructor(name: string, args: ProcessorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Processor", name, {}, opts);
    const parent = this;
    const { context, encryption, eventStore, network } = args;

    this.function = createFunction().function;
    this.registerOutputs({ functionName: this.function.name });

    function createFunction(): LambdaFunction {
      const { table, payloadBucket, deadLetterQueue } = eventStore;
      return new LambdaFunction(
        `${name}-process`,
        {
          context,
          encryption,
          handler: "process",
          description: "Normalizes stored webhook events",
          environment: {
            [Variable.tableName]: table.name,
            [Variable.payloadBucket]: payloadBucket.id,
            [Variable.leaseSeconds]: String(leaseSeconds),
          },
          files: sourcesFile(context.config.sources),
          permissions: [
            allow("ReadAndNormalize", ["dynamodb:GetItem", "dynamodb:UpdateItem"], table.arn),
            allow("ReadLargePayloads", ["s3:GetObject"], pulumi.interpolate`${payloadBucket.arn}/*`),
          ],
          dataKeyUses: ["table"],
          deadLetterQueue,
          reservedConcurrency: context.config.processorReservedConcurrency,
          network,
        },
        { parent },
      );
    }
  }
}
