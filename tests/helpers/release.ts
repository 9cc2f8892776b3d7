import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import { configure, type Engine } from "../../testbed/engine/engine";
import type { Properties } from "../../testbed/engine/standIn/values";
import { delivering } from "../../testbed/program";

const folder = path.resolve(__dirname, "../engine/releases");

/** Settings of the recorded stacks: everything that can be asked for. A key that a later version adds has its default. */
export const recordedSettings = delivering;

/** A resource in an exported stack, as far as the stand-in needs it. */
interface StoredResource {
  type: string;
  custom: boolean;
  id?: string;
  inputs?: Properties;
  outputs?: Properties;
}

/** Versions whose deployed stacks are recorded. */
export const recordedReleases = (): string[] => readdirSync(folder).map((file) => file.replace(/\.json\.gz$/, ""));

const fileOf = (version: string) => path.join(folder, `${version}.json.gz`);

/** Keys of a state that differ between two recordings of the same program. */
const volatile = ["sourcePosition", "stackTrace", "created", "modified", "time"];

/** Records a deployed stack as that of a release, without times, places in the source, and the folder of the bundles. */
export async function recordRelease(version: string, stack: Stack): Promise<void> {
  const text = JSON.stringify(await stack.exportStack(), (key, value: unknown) => {
    if (volatile.includes(key)) return undefined;
    return key === "path" && typeof value === "string" ? value.replace(/^.*(?=bundles\/)/, "") : value;
  });
  writeFileSync(fileOf(version), gzipSync(text, { level: 9 }));
}

/** Puts the stack of a release into an account, as if it had been deployed there. */
export async function restoreRelease(version: string, engine: Engine): Promise<Stack> {
  const deployment = JSON.parse(gunzipSync(readFileSync(fileOf(version))).toString("utf8")) as Deployment;
  const { resources } = deployment.deployment as { resources: StoredResource[] };
  for (const { type, custom, id, inputs = {}, outputs = {} } of resources)
    if (custom && id && !type.startsWith("pulumi:")) engine.cloud.resources.set(`${type} ${id}`, { type, id, inputs, outputs });
  const stack = await engine.stack("prod", recordedSettings);
  await stack.importStack(deployment);
  await configure(stack, recordedSettings);
  return stack;
}
