import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument, type Document, type DocumentOptions, type ParseOptions, type SchemaOptions, type Tags } from "yaml";
import { NotFoundError, UserError } from "../domain/userError";

/** npm runs every script in the project's folder, as the Pulumi CLI is run: both mean the same files. */
const root = process.cwd();

/** What an encrypted value reads, since no key is at hand. */
export const encrypted = "[secret]";

/** Returns the project's name, as Pulumi.yaml says. @throws UserError if there is none */
export function projectName(): string {
  const { name } = mappingOf(readYaml(path.join(root, "Pulumi.yaml")), "Pulumi.yaml");
  if (typeof name === "string" && name !== "") return name;
  throw new NotFoundError(`There is no Pulumi.yaml with a project name in ${root}. Run the command in the project's folder.`);
}

/**
 * Reads the configuration of a stack as the engine would hand it to the program: text, lists as JSON. Encrypted values stay
 * encrypted, since no key is at hand: they read "[secret]".
 * @throws UserError if the stack has no file, or a file that the engine would not take.
 */
export function readStackConfig(stack: string): Record<string, string> {
  const values = readStackFile(path.join(root, `Pulumi.${stack}.yaml`), projectName());
  if (!values) throw new NotFoundError(`Unknown stack "${stack}": there is no Pulumi.${stack}.yaml. Stacks: ${stacks().join(", ")}.`);
  return values;
}

/**
 * Reads the configuration in a stack's file; `undefined` if there is no such file. A key without a namespace is the project's own.
 * @see https://www.pulumi.com/docs/iac/concepts/config/#configuration-keys
 * @throws UserError for what can't be read, a key that the engine refuses, or one of which it takes one of two values at random.
 */
export function readStackFile(file: string, project: string): Record<string, string> | undefined {
  const name = path.basename(file);
  const content = readYaml(file);
  if (content === undefined) return undefined;
  const config = mappingOf(content, name).config;
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(mappingOf(config, `config in ${name}`))) {
    const full = fullKey(key, project, name);
    if (values.has(full)) throw new UserError(`${name} says ${full} twice, with and without its namespace: keep one of the two.`);
    values.set(full, asText(value));
  }
  return Object.fromEntries(values);
}

/** Returns what is in a YAML file, `null` for an empty one and `undefined` for none. @throws UserError if it can't be read */
function readYaml(file: string): unknown {
  const name = path.basename(file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "EISDIR") throw new UserError(`${name} is a folder, but must be a file: move the folder away.`);
    throw new UserError(`${name} can't be read (${code}): see with "ls -l ${name}" what it is, and who may read it.`);
  }
  const document = parseDocument(text, likeTheEngine);
  const [error] = document.errors;
  if (!error) return contentOf(document, name);
  if (error.code === "MULTIPLE_DOCS") throw new UserError(`${name} holds two YAML documents, but must be one: remove the second.`);
  const [reason] = error.message.replace(/:?\n[^]*/, "").split(/ at line \d+, column \d+$/);
  const [{ line, col }] = error.linePos!;
  throw new UserError(`${name} is not valid YAML at line ${line}, column ${col}: ${reason}. Correct that line and try again.`);
}

/** Returns what the document holds. @throws UserError for an alias of which there is no anchor, which the parser does not look for */
function contentOf(document: Document, name: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const reason = (error as Error).message.replace(/\.$/, "");
    throw new UserError(`${name} is not valid YAML: ${reason}. Put a text that begins with * or & in quotation marks, and try again.`);
  }
}

/** @throws UserError if there is something else than keys with values, or nothing. */
function mappingOf(value: unknown, what: string): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UserError(
    `${what} is ${JSON.stringify(value)}, but must be keys with values, such as "aws:region: eu-central-1" below "config:".`,
  );
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
  return readStackFile(path.join(root, `Pulumi.${stack}.yaml`), projectName())?.["aws:region"];
}

/** Those that have a file. */
function stacks(): string[] {
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
