import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Renders an input as plain JSON that people can read and a diff can compare. */
export async function describe(value: unknown): Promise<unknown> {
  const settled = await value;
  if (settled === undefined) return undefined;
  if (settled === null || typeof settled !== "object") return settled;
  if ("__pulumiUnknown" in settled) return "[unknown]";
  if (pulumi.runtime.isRpcSecret(settled)) return "[secret]";
  if (pulumi.CustomResource.isInstance(settled)) return idOf(settled);
  if (Array.isArray(settled)) return Promise.all(settled.map(describe));
  if (settled instanceof pulumi.asset.AssetArchive) return { archive: await describeFields(await settled.assets) };
  if (settled instanceof pulumi.asset.FileAsset) return `sha256:${sha256(readFileSync(await settled.path))}`;
  if (settled instanceof pulumi.asset.StringAsset) return `sha256:${sha256(await settled.text)}`;
  return describeFields(settled as Record<string, unknown>);
}

/** Returns the ID of a resource that is passed as a value, as the engine does. */
async function idOf({ id }: pulumi.CustomResource): Promise<string> {
  // `apply` never calls back for an unknown output. `isKnown` tells, though the public type does not have it.
  const { isKnown } = id as unknown as { isKnown: Promise<boolean> };
  return (await isKnown) ? new Promise((resolve) => id.apply(resolve)) : "[unknown]";
}

export async function describeFields(fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  const entries = Object.entries(fields).map(async ([key, value]) => [key, await describe(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
