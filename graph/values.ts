import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** An input as plain JSON that a person can read and a diff can compare. */
export async function describe(value: unknown): Promise<unknown> {
  const settled = await value;
  if (settled === undefined) return undefined;
  if (settled === null || typeof settled !== "object") return settled;
  if ("__pulumiUnknown" in settled) return "[unknown]";
  if (pulumi.runtime.isRpcSecret(settled)) return "[secret]";
  if (Array.isArray(settled)) return Promise.all(settled.map(describe));
  if (settled instanceof pulumi.asset.AssetArchive) return { archive: await describeFields(await settled.assets) };
  if (settled instanceof pulumi.asset.FileAsset) return `sha256:${sha256(await settled.path)}`;
  return describeFields(settled as Record<string, unknown>);
}

export async function describeFields(fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  const entries = Object.entries(fields).map(async ([key, value]) => [key, await describe(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
