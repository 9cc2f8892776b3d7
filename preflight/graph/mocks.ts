import type * as pulumi from "@pulumi/pulumi";
import type { Backend } from "./run";
import { findType, isOwnComponent, requireRows } from "./types";
import { mockAccount, pseudoId, type StringInputs, type Outputs } from "./types/resourceType";
import { generatedName } from "./uniqueNames";

/** Creates a backend that answers as AWS would in the given region, without AWS. */
export function mockBackend(region: string, preview = false): Backend {
  return {
    newResource: ({ type, inputs, name }) => {
      if (isOwnComponent(type)) return { id: "", state: inputs as pulumi.Unwrap<object> };
      const { id, ...outputs } = computeOutputs(type, region, inputs as StringInputs, name);
      if (preview) return { id: "", state: inputs as pulumi.Unwrap<object> };
      return { id, state: { ...inputs, ...outputs } };
    },
    call: ({ token, inputs }) => answerInvoke(token, region, mockAccount, inputs as StringInputs),
  };
}

/** Returns a resource's ID and computed outputs, in AWS's form. @throws UserError for a type without a row in preflight/graph/types/ */
export function computeOutputs(type: string, region: string, inputs: StringInputs, logicalName: string): Outputs {
  requireRows([{ type, name: logicalName }]);
  // The digits depend on the type alone, so that two runs give the same graph.
  const name = generatedName(type, inputs, logicalName, pseudoId(type, 7));
  const named: StringInputs = name === undefined ? {} : { name };
  return { ...named, ...findType(type)!.outputs({ ...named, ...inputs }, region, logicalName) };
}

/** Answers the invokes that the program makes, such as the caller's account and region. @throws Error for any other invoke */
export function answerInvoke(token: string, region: string, accountId: string, { name }: StringInputs = {}): Record<string, unknown> {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { id: accountId, accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId };
    case "aws:index/getRegion:getRegion":
      return { id: region, region, name: region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
    case "aws:index/getPartition:getPartition":
      return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
    case "aws:route53/getZone:getZone":
      return { zoneId: "Z0123456789ABCDEFGHIJ" };
    case "aws:kms/getAlias:getAlias":
      return { targetKeyArn: `arn:aws:kms:${region}:${accountId}:key/0123abcd-0000-4000-8000-0123456789ab` };
    case "aws:ec2/getPrefixList:getPrefixList":
      return { id: name?.endsWith(".s3") ? "pl-6ea54007" : "pl-66a5400f" };
    default:
      throw new Error(`Unknown function ${token} in region ${region}. Add it to answerInvoke in preflight/graph/mocks.ts.`);
  }
}
