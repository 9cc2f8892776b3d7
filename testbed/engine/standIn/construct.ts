import * as grpc from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { RegisterResourceOutputsRequest, RegisterResourceRequest, type RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { plain, referenceTo, toProperties, toStruct, unknown, type Properties } from "./values";

interface Child {
  type: string;
  name: string;
  inputs: Properties;
}

interface MadeChild {
  type: string;
  urn: string;
  id: string;
}

const elasticIp = "aws:ec2/eip:Eip";

/** Components of other packages that the program uses, with the children that the program can see. */
const components: Record<string, { children(name: string, inputs: Properties): Child[]; outputs(made: MadeChild[]): Properties }> = {
  "awsx:ec2:Vpc": {
    children: (name, { cidrBlock, natGateways }) => [
      { type: "aws:ec2/vpc:Vpc", name, inputs: { cidrBlock } },
      ...[1, 2].map((zone) => ({ type: "aws:ec2/subnet:Subnet", name: `${name}-private-${zone}`, inputs: { zone } })),
      ...((natGateways as { strategy: string }).strategy === "Single" ? [{ type: elasticIp, name: `${name}-1`, inputs: {} }] : []),
    ],
    outputs: ([vpc, ...others]) => ({
      vpcId: vpc.id,
      privateSubnetIds: others.filter(({ type }) => type !== elasticIp).map(({ id }) => id),
      eips: others.filter(({ type }) => type === elasticIp).map(({ urn, id }) => referenceTo(urn, id)),
    }),
  },
  "awsx:cloudtrail:Trail": {
    children: (name, inputs) => [
      { type: "aws:s3/bucket:Bucket", name, inputs: (inputs.s3Bucket as { args: Properties }).args },
      { type: "aws:cloudtrail/trail:Trail", name, inputs: { name: inputs.name } },
    ],
    outputs: () => ({}),
  },
};

/** Registers a component of another package and its children with the engine. */
export async function construct(request: provider.ConstructRequest): Promise<provider.ConstructResponse> {
  const component = components[request.getType()];
  if (!component) throw new Error(`The stand-in does not know the component ${request.getType()}.`);
  const monitor = new ResourceMonitorClient(request.getMonitorendpoint(), grpc.credentials.createInsecure());
  try {
    const own = new RegisterResourceRequest().setType(request.getType()).setName(request.getName()).setParent(request.getParent());
    const urn = (await register(monitor, own.setProtect(request.getProtect() ?? false))).getUrn();
    const children: MadeChild[] = [];
    for (const child of component.children(request.getName(), plain(toProperties(request.getInputs())) as Properties)) {
      const made = await register(monitor, childRequest(child, urn, request));
      children.push({ type: child.type, urn: made.getUrn(), id: made.getId() || unknown });
    }
    const outputs = toStruct(component.outputs(children));
    await end(monitor, urn, outputs);
    return new provider.ConstructResponse().setUrn(urn).setState(outputs);
  } finally {
    monitor.close();
  }
}

function childRequest({ type, name, inputs }: Child, parent: string, of: provider.ConstructRequest): RegisterResourceRequest {
  return new RegisterResourceRequest()
    .setType(type)
    .setName(name)
    .setCustom(true)
    .setParent(parent)
    .setProtect(of.getProtect() ?? false)
    .setProvider(of.getProvidersMap().get("aws") ?? "")
    .setObject(toStruct(inputs));
}

function register(monitor: ResourceMonitorClient, request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
  return new Promise((resolve, reject) =>
    monitor.registerResource(request, (error, response) => (error ? reject(error) : resolve(response))),
  );
}

function end(monitor: ResourceMonitorClient, urn: string, outputs: ReturnType<typeof toStruct>): Promise<void> {
  const request = new RegisterResourceOutputsRequest().setUrn(urn).setOutputs(outputs);
  return new Promise((resolve, reject) => monitor.registerResourceOutputs(request, (error) => (error ? reject(error) : resolve())));
}
