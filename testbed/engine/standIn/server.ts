import * as grpc from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { ResourceProviderService, type IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { mockAccount } from "../../../preflight/graph/types/resourceType";
import { answerInvoke } from "../../../preflight/graph/mocks";
import { replacingInputs } from "../../../preflight/graph/types";
import { generatedName } from "../../../preflight/graph/uniqueNames";
import type { Cloud } from "./cloud";
import { construct } from "./construct";
import { changedInputs, defaults, toProperties, toStruct, unknown } from "./values";

/**
 * A resource provider in place of AWS's. It knows AWS's computed outputs, the inputs that force a replacement, and some of AWS's refusals.
 * @see https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */
export interface StandIn {
  port: number;
  stop(): void;
}

/** Starts the stand-in on a free loopback port. */
export async function startStandIn(cloud: Cloud): Promise<StandIn> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(ResourceProviderService, serve(cloud) as unknown as grpc.UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return { port, stop: () => server.forceShutdown() };
}

type Answer<Request, Response> = (request: Request) => Response | Promise<Response>;

function serve(cloud: Cloud): Partial<Record<keyof IResourceProviderServer, unknown>> {
  return {
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion("7.48.0")),
    attach: unary(() => new Empty()),
    cancel: unary(() => new Empty()),
    checkConfig: unary((request: rpc.CheckRequest) => new rpc.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary(() => new rpc.DiffResponse().setChanges(rpc.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: unary(() => new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
    invoke: unary((request: rpc.InvokeRequest) =>
      new rpc.InvokeResponse().setReturn(toStruct(answerInvoke(request.getTok(), cloud.region, mockAccount))),
    ),
    construct: unary(construct),
    check: unary(check),
    diff: unary(diff),
    create: unary(async (request: rpc.CreateRequest) => {
      if (request.getPreview()) return create(cloud, request);
      await cloud.hold;
      const make = () => create(cloud, request);
      return cloud.standstill ? cloud.standstill.create(`${typeOf(request)} ${nameOf(request)}`, make) : make();
    }),
    update: unary((request: rpc.UpdateRequest) => update(cloud, request)),
    read: unary((request: rpc.ReadRequest) => read(cloud, request)),
    delete: unary((request: rpc.DeleteRequest) => {
      cloud.delete(typeOf(request), request.getId(), nameOf(request));
      return new Empty();
    }),
  };
}

/** Returns a gRPC handler that turns a thrown error into the call's error. */
function unary<Request, Response>(answer: Answer<Request, Response>) {
  return async (call: { request: Request }, respond: grpc.sendUnaryData<Response>) => {
    try {
      respond(null, await answer(call.request));
    } catch (error) {
      respond({ code: grpc.status.UNKNOWN, details: (error as Error).message });
    }
  };
}

/** Checks inputs as the bridged provider does: a resource without a name gets a generated one and keeps it.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming */
function check(request: rpc.CheckRequest): rpc.CheckResponse {
  const news = toProperties(request.getNews());
  const digits = Buffer.from(request.getRandomseed_asU8()).toString("hex");
  const name = generatedName(typeOf(request), news, nameOf(request), digits);
  if (name === undefined) return new rpc.CheckResponse().setInputs(request.getNews());
  const { name: former, [defaults]: formerDefaults } = toProperties(request.getOlds());
  const kept = Array.isArray(formerDefaults) && formerDefaults.includes("name") ? former : name;
  return new rpc.CheckResponse().setInputs(toStruct({ ...news, name: kept, [defaults]: ["name"] }));
}

/** Compares inputs as the bridged provider does: a replaced resource that keeps its fixed name is deleted before the new one is created. */
function diff(request: rpc.DiffRequest): rpc.DiffResponse {
  const before = toProperties(request.getOldInputs());
  const after = toProperties(request.getNews());
  const changed = changedInputs(before, after);
  const replacing = replacingInputs(typeOf(request), changed);
  const chosen = Object.keys(after).filter((key) => !(after[defaults] as string[] | undefined)?.includes(key));
  const named = chosen.some((key) => /^(name|alarmName|dashboardName)$/.test(key) && !replacing.includes(key));
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  return new rpc.DiffResponse()
    .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(changed)
    .setReplacesList(replacing)
    .setDeletebeforereplace(replacing.length > 0 && named);
}

function create(cloud: Cloud, request: rpc.CreateRequest): rpc.CreateResponse {
  const inputs = toProperties(request.getProperties());
  if (request.getPreview()) {
    const computed = cloud.compute(typeOf(request), nameOf(request), inputs);
    const unknowns = Object.fromEntries(Object.keys(computed).flatMap((key) => (key === "id" ? [] : [[key, unknown]])));
    return new rpc.CreateResponse().setProperties(toStruct({ ...inputs, ...unknowns }));
  }
  const { id, outputs } = cloud.create(typeOf(request), nameOf(request), inputs);
  return new rpc.CreateResponse().setId(id).setProperties(toStruct({ ...inputs, ...outputs }));
}

/**
 * Changes a resource. As most of the bridged provider's types, it sends only what has changed since the state was written, so that it leaves
 * alone what somebody else has changed.
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/lambda/event_source_mapping.go
 */
function update(cloud: Cloud, request: rpc.UpdateRequest): rpc.UpdateResponse {
  const inputs = toProperties(request.getNews());
  const found = cloud.find(typeOf(request), request.getId());
  if (!request.getPreview()) {
    const changed = changedInputs(toProperties(request.getOldInputs()), inputs);
    const kept = Object.entries(found?.inputs ?? {}).filter(([input]) => input in inputs && !changed.includes(input));
    cloud.update(typeOf(request), request.getId(), nameOf(request), { ...inputs, ...Object.fromEntries(kept) });
  }
  return new rpc.UpdateResponse().setProperties(toStruct({ ...inputs, ...found?.outputs }));
}

/** Reads a resource for a refresh. An empty ID means that it no longer exists. */
function read(cloud: Cloud, request: rpc.ReadRequest): rpc.ReadResponse {
  const found = cloud.find(typeOf(request), request.getId());
  if (!found) return new rpc.ReadResponse();
  const { id, inputs, outputs } = found;
  return new rpc.ReadResponse()
    .setId(id)
    .setInputs(toStruct(inputs))
    .setProperties(toStruct({ ...inputs, ...outputs }));
}

interface Named {
  getUrn(): string;
}
const nameOf = (request: Named) => request.getUrn().split("::").at(-1)!;
const typeOf = (request: Named) => request.getUrn().split("::").at(-2)!.split("$").at(-1)!;
