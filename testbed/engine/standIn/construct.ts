import * as grpc from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { RegisterResourceOutputsRequest, RegisterResourceRequest, type RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { plain, toProperties, toStruct, unknown, type Properties } from "./values";

interface Child {
  type: string;
  name: string;
  inputs: Properties;
}

/** Components of other packages that the program uses, with the children that the program can see. */
const components: Record<string, { children(name: string, inputs: Properties): Child[]; outputs(ids: string[]): Properties }> = {
  "awsx:ec2:Vpc": {
    children: (name, { cidrBlock }) => [
      { type: "aws:ec2/vpc:Vpc", name, inputs: { cidrBlock } },
      ...[1, 2].map((zone) => ({ type: "aws:ec2/subnet:Subnet", name: `${name}-private-${zone}`, inputs: { zone } })),
    ],
    outputs: ([vpcId, ...privateSubnetIds]) => ({ vpcId, privateSubnetIds }),
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
    const ids: string[] = [];
    for (const child of component.children(request.getName(), plain(toProperties(request.getInputs())) as Properties)) {
      const made = await register(monitor, childRequest(child, urn, request));
      ids.push(made.getId() || unknown);
    }
    const outputs = toStruct(component.outputs(ids));
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
