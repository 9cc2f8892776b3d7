import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import { configure, type Engine } from "../../testbed/engine/engine";
import type { Properties } from "../../testbed/engine/standIn/values";
import { Type } from "../../preflight/graph/types";
import { delivering } from "../../testbed/program";

const folder = path.resolve(__dirname, "../engine/releases");

const custom = {
  name: "acme",
  provider: "custom",
  description: {
    verify: {
      scheme: "hmac",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "X-Acme-Signature", prefix: "sha256=" },
      signed: "{time}.{body}",
    },
    time: { header: "X-Acme-Timestamp", unit: "seconds" },
    identity: { paths: ["data.id"] },
    type: { paths: ["type"] },
  },
};

const boundary = "webhook-pipeline-boundary-prod";

/** Stacks that are recorded of each release, with their settings. A key that a later version adds has its default. */
export const recordedStacks = {
  guarded: delivering,
  bounded: {
    sources: ["stripe", { name: "shop", provider: "shopify", events: ["orders/*"], throttle: { burst: 50 } }, custom],
    alertSubscriptions: [
      { protocol: "email", endpoint: "oncall@example.com" },
      { protocol: "https", endpoint: "https://alerts.example.com/integration" },
    ],
    permissionsBoundary: `arn:aws:iam::123456789012:policy/${boundary}`,
    allowedAccountIds: ["123456789012"],
    workflowLogLevel: "ALL",
  },
} as const satisfies Record<string, Record<string, unknown>>;

export type RecordedStack = keyof typeof recordedStacks;

/** A stack that a release has deployed. */
export interface Recording {
  version: string;
  stack: RecordedStack;
}

/** A resource in an exported stack, as far as the stand-in needs it. */
interface StoredResource {
  type: string;
  custom: boolean;
  id?: string;
  inputs?: Properties;
  outputs?: Properties;
}

/** Lists the recorded stacks. */
export const recordings = (): Recording[] =>
  readdirSync(folder).map((file) => {
    const [, version, stack] = /^(.+)\.([a-z]+)\.json\.gz$/.exec(file)!;
    return { version, stack: stack as RecordedStack };
  });

const fileOf = ({ version, stack }: Recording) => path.join(folder, `${version}.${stack}.json.gz`);

/** Creates or selects the stack in an account that has the boundary of its roles, with its settings. */
export function recordedStack(engine: Engine, stack: RecordedStack): Promise<Stack> {
  if (!engine.cloud.all(Type.iamPolicy).some(({ inputs }) => inputs.name === boundary))
    engine.cloud.create(Type.iamPolicy, boundary, { name: boundary, policy: "{}" });
  return engine.stack("prod", recordedStacks[stack]);
}

/** Keys of a state that differ between two recordings of the same program. */
const volatile = ["sourcePosition", "stackTrace", "created", "modified", "time"];

/** Records a deployed stack as that of a release, without times, places in the source, and the folder of the bundles. */
export async function recordRelease(recording: Recording, stack: Stack): Promise<void> {
  const text = JSON.stringify(await stack.exportStack(), (key, value: unknown) => {
    if (volatile.includes(key)) return undefined;
    return key === "path" && typeof value === "string" ? value.replace(/^.*(?=bundles\/)/, "") : value;
  });
  writeFileSync(fileOf(recording), gzipSync(text, { level: 9 }));
}

/** Puts the stack of a release into an account, as if it had been deployed there. */
export async function restoreRelease(recording: Recording, engine: Engine): Promise<Stack> {
  const deployment = JSON.parse(gunzipSync(readFileSync(fileOf(recording))).toString("utf8")) as Deployment;
  const { resources } = deployment.deployment as { resources: StoredResource[] };
  for (const { type, custom, id, inputs = {}, outputs = {} } of resources)
    if (custom && id && !type.startsWith("pulumi:")) engine.cloud.resources.set(`${type} ${id}`, { type, id, inputs, outputs });
  const stack = await recordedStack(engine, recording.stack);
  await stack.importStack(deployment);
  await configure(stack, recordedStacks[recording.stack]);
  return stack;
}
