import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { createRequire } from "node:module";
import * as path from "node:path";
import type { Registration } from "./resource";
import { describeFields } from "./values";

/** Answers the program when it creates a resource or invokes a function: the mocks, or the local AWS. */
export interface Backend {
  newResource(args: pulumi.runtime.MockResourceArgs): Promise<pulumi.runtime.MockResourceResult> | pulumi.runtime.MockResourceResult;
  call(args: pulumi.runtime.MockCallArgs): Promise<pulumi.runtime.MockCallResult> | pulumi.runtime.MockCallResult;
}

export interface ProgramRun {
  project: string;
  stack: string;
  /** Values by key with its namespace, such as `aws:region`; lists as JSON. */
  config: Record<string, string>;
  /** Run as `pulumi preview` does: values that AWS computes are unknown. */
  preview?: boolean;
  /** Path of the program's entry point within the project; the pipeline's by default. */
  entry?: string;
}

export interface ProgramResult {
  /** Resources in registration order. */
  resources: Registration[];
  /** The program's exports; empty in a preview, where most of them are unknown. */
  outputs: Record<string, unknown>;
}

const root = path.resolve(__dirname, "..", "..");
const load = createRequire(__filename);

/**
 * Runs index.ts in this process, without an engine; a backend answers in its place. Runs must not overlap, because
 * a process has only one Pulumi runtime.
 * @throws the program's own error, such as ConfigurationError; else the backend's first error, after all promises have settled
 */
export async function runProgram({ preview = false, entry = "index", ...rest }: ProgramRun, backend: Backend): Promise<ProgramResult> {
  const restoreStackTraces = shortenStackTraces();
  try {
    return await run({ preview, entry, ...rest }, backend);
  } finally {
    restoreStackTraces();
  }
}

/** Switches stack traces off. Pulumi takes one for every promise, and mapping them to sources takes most of the run's time. */
function shortenStackTraces(): () => void {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  return () => void (Error.stackTraceLimit = limit);
}

async function run({ project, stack, config, preview, entry }: Required<ProgramRun>, backend: Backend): Promise<ProgramResult> {
  const { mocks, failures } = collectFailures(backend);
  await pulumi.runtime.setMocks(mocks, project, stack, preview);
  pulumi.runtime.setAllConfig(config, []);
  const registrations = observeRegistrations();
  const exports = evaluate(entry);
  const outputs = preview ? Promise.resolve({}) : settle(exports);
  await pulumi.runtime.disconnect();
  if (failures.length > 0) throw failures[0];
  return { resources: await Promise.all(registrations), outputs: await outputs };
}

/** Loads the entry module again, because loading it runs the program. The modules that it imports keep no state of a run. */
function evaluate(entry: string): Record<string, unknown> {
  const file = load.resolve(path.join(root, entry));
  delete load.cache[file];
  return load(file) as Record<string, unknown>;
}

/** Collects a backend's errors and returns placeholders instead: an error inside a mock would leave hundreds of unhandled rejections. */
function collectFailures(backend: Backend): { mocks: pulumi.runtime.Mocks; failures: unknown[] } {
  const failures: unknown[] = [];
  const mocks: pulumi.runtime.Mocks = {
    newResource: async (args) => {
      if (failures.length > 0) return { id: `${args.name}-skipped`, state: args.inputs };
      try {
        return await backend.newResource(args);
      } catch (error) {
        failures.push(error);
        return { id: `${args.name}-failed`, state: args.inputs };
      }
    },
    call: (args) => backend.call(args),
  };
  return { mocks, failures };
}

type Register = (request: RegisterResourceRequest, done: (error: unknown, response?: RegisterResourceResponse) => void) => unknown;

/** Records each registration request. Mocks see only type, name and inputs; the request has the rest. */
function observeRegistrations(): Promise<Registration>[] {
  const registrations: Promise<Registration>[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) => {
    const registered = new Promise<RegisterResourceResponse | undefined>((resolve) => {
      register(request, (error, response) => {
        resolve(response);
        done(error, response);
      });
    });
    registrations.push(registered.then((response) => describeRequest(request, response)));
  };
  return registrations;
}

async function describeRequest(request: RegisterResourceRequest, response: RegisterResourceResponse | undefined): Promise<Registration> {
  const inputs = pulumi.runtime.deserializeProperties(request.getObject()!) as Record<string, unknown>;
  const byProperty: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies, property) => {
    const urns = dependencies.getUrnsList();
    if (urns.length > 0) byProperty[property] = [...urns].sort();
  });
  return {
    urn: response?.getUrn() ?? "",
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: await describeFields(inputs),
    outputs: await describeFields(outputsOf(response, inputs)),
    parent: request.getParent(),
    dependencies: [...request.getDependenciesList()].sort(),
    propertyDependencies: byProperty,
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    version: request.getVersion(),
  };
}

/** Returns the resource's state without its inputs: nothing in a preview, where a backend returns the inputs alone. */
function outputsOf(response: RegisterResourceResponse | undefined, inputs: Record<string, unknown>): Record<string, unknown> {
  const id = response?.getId();
  const state = response?.getObject();
  const all = Object.entries(state ? pulumi.runtime.deserializeProperties(state) : {});
  const computed = Object.fromEntries(all.filter(([key]) => !Object.hasOwn(inputs, key)));
  return id ? { ...computed, id } : computed;
}

function settle(exports: Record<string, unknown>): Promise<Record<string, unknown>> {
  return new Promise((resolve) => pulumi.output(exports).apply((values) => resolve(values as Record<string, unknown>)));
}
