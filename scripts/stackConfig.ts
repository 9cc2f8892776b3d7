import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { UserError } from "../local/errors";

/** npm runs every script in the project's folder, as the Pulumi CLI is run: both mean the same files. */
const root = process.cwd();

/** Name of the project, as Pulumi.yaml says. */
export function projectName(): string {
  return (parse(readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as { name: string }).name;
}

/**
 * The configuration of a stack as the engine would hand it to the program: text, lists as JSON. Encrypted values stay
 * encrypted, since no key is at hand: they read "[secret]".
 * @throws UserError if the stack has no file.
 */
export function readStackConfig(stack: string): Record<string, string> {
  const file = path.join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new UserError(`There is no Pulumi.${stack}.yaml; the stacks here are ${stacks().join(", ")}.`);
  const { config } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config ?? {}).map(([key, value]) => [key, asText(value)]));
}

/** The region that a stack's file names; `undefined` where there is none yet. */
export function stackRegion(stack: string): string | undefined {
  return existsSync(path.join(root, `Pulumi.${stack}.yaml`)) ? readStackConfig(stack)["aws:region"] : undefined;
}

/** Those that have a file. */
export function stacks(): string[] {
  return readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

function asText(value: unknown): string {
  if (typeof value === "object" && value !== null && "secure" in value) return "[secret]";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
