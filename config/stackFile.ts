import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse, type DocumentOptions, type ParseOptions, type SchemaOptions, type Tags } from "yaml";
import { UserError } from "../domain/userError";

/** npm runs every script in the project's folder, as the Pulumi CLI is run: both mean the same files. */
const root = process.cwd();

/** What an encrypted value reads, since no key is at hand. */
export const encrypted = "[secret]";

/** Name of the project, as Pulumi.yaml says. */
export function projectName(): string {
  return (parse(readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as { name: string }).name;
}

/**
 * Reads the configuration of a stack as the engine would hand it to the program: text, lists as JSON. Encrypted values stay
 * encrypted, since no key is at hand: they read "[secret]".
 * @throws UserError if the stack has no file, or a file that the engine would not take.
 */
export function readStackConfig(stack: string): Record<string, string> {
  const file = path.join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new UserError(`There is no Pulumi.${stack}.yaml; the stacks here are ${stacks().join(", ")}.`);
  return stackConfigOf(readFileSync(file, "utf8"), projectName(), path.basename(file));
}

/**
 * Reads the configuration in a stack file's text. A key without a namespace is the project's own.
 * @see https://www.pulumi.com/docs/iac/concepts/config/#configuration-keys
 * @throws UserError for a key that the engine refuses, or takes one of two values of at random.
 */
export function stackConfigOf(text: string, project: string, file: string): Record<string, string> {
  const { config } = (parse(text, likeTheEngine) ?? {}) as { config?: Record<string, unknown> | null };
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(config ?? {})) {
    const full = fullKey(key, project, file);
    if (values.has(full)) throw new UserError(`${file} says ${full} twice, with and without its namespace: keep one of the two.`);
    values.set(full, asText(value));
  }
  return Object.fromEntries(values);
}

/** A key with its namespace; `project:config:name` is how Pulumi wrote it once. */
function fullKey(key: string, project: string, file: string): string {
  const parts = key.split(":");
  if (parts.length === 1) return `${project}:${key}`;
  if (parts.length === 3 && parts[1] === "config") return `${parts[0]}:${parts[2]}`;
  if (parts.length === 2) return key;
  throw new UserError(`${file} has the key "${key}", but a key must be <namespace>:<name>, or <name> for this project's own.`);
}

/** Go's YAML, which the engine reads with, has numbers of YAML 1.1 (`1_000`, `010`) and the truth values of 1.2 (`yes` is a text). */
const likeTheEngine = {
  schema: "yaml-1.1",
  customTags: (tags: Tags) => [...tags.filter((tag) => typeof tag === "string" || !notTheEngines.test(tag.tag)), "bool", "intOct"],
} satisfies ParseOptions & DocumentOptions & SchemaOptions;
const notTheEngines = /:(bool|timestamp)$/;

/** The region that a stack's file names; `undefined` where there is none yet. */
export function stackRegion(stack: string): string | undefined {
  return existsSync(path.join(root, `Pulumi.${stack}.yaml`)) ? readStackConfig(stack)["aws:region"] : undefined;
}

/** Those that have a file. */
export function stacks(): string[] {
  return readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

function asText(value: unknown): string {
  const shown = withoutSecrets(value);
  return typeof shown === "object" && shown !== null ? JSON.stringify(shown) : String(shown ?? "");
}

/** An encrypted value may lie within a list or an object. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return encrypted;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutSecrets(member)]));
}
