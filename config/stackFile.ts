import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument, type Document, type DocumentOptions, type ParseOptions, type SchemaOptions, type Tags } from "yaml";
import { NotFoundError, UserError } from "../domain/userError";

/** The project's folder. npm scripts and the Pulumi CLI both run there. */
const root = process.cwd();

/** Stands for an encrypted value, which is not decrypted. */
export const encrypted = "[secret]";

/** Returns the project's name from Pulumi.yaml. @throws UserError if there is none */
export function projectName(): string {
  const { name } = mappingOf(readYaml(path.join(root, "Pulumi.yaml")), "Pulumi.yaml");
  if (typeof name === "string" && name !== "") return name;
  throw new NotFoundError(`No Pulumi.yaml with a project name in ${root}. Run the command in the project's folder.`);
}

/**
 * Reads a stack's configuration as the engine would pass it to the program: strings, with lists and objects as JSON. Encrypted values read
 * "[secret]".
 * @throws UserError if the stack has no file, or a file that the engine would refuse
 */
export function readStackConfig(stack: string): Record<string, string> {
  const values = /^[\w.-]+$/.test(stack) ? readStackFile(path.join(root, `Pulumi.${stack}.yaml`), projectName()) : undefined;
  if (!values) throw new NotFoundError(`No Pulumi.${stack}.yaml here. Stacks: ${stacks().join(", ") || "none"}.`);
  return values;
}

/**
 * Reads the configuration in a stack's file. A key without a namespace belongs to the project.
 * @returns `undefined` if there is no such file
 * @throws UserError if the file cannot be read, has a key that the engine refuses, or has a key twice (the engine takes either value)
 * @see https://www.pulumi.com/docs/iac/concepts/config/#configuration-keys
 */
export function readStackFile(file: string, project: string): Record<string, string> | undefined {
  const name = path.basename(file);
  const content = readYaml(file);
  if (content === undefined) return undefined;
  const config = mappingOf(content, name).config;
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(mappingOf(config, `config in ${name}`))) {
    const full = fullKey(key, project, name);
    if (values.has(full)) throw new UserError(`${name} has ${full} twice, with and without its namespace. Remove one of the two.`);
    values.set(full, asText(value));
  }
  return Object.fromEntries(values);
}

/** Reads a YAML file: `null` for an empty one, `undefined` for none. @throws UserError if it cannot be read */
function readYaml(file: string): unknown {
  const name = path.basename(file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "EISDIR") throw new UserError(`${name} is a folder. Allowed: a file. Move the folder away.`);
    throw new UserError(`${name} cannot be read (${code}). Check its type and permissions: ls -l ${name}`);
  }
  const document = parseDocument(text, likeTheEngine);
  const [error] = document.errors;
  if (!error) return contentOf(document, name);
  if (error.code === "MULTIPLE_DOCS") throw new UserError(`${name} has two YAML documents. Allowed: one. Remove the second.`);
  const [reason] = error.message.replace(/:?\n[^]*/, "").split(/ at line \d+, column \d+$/);
  const [{ line, col }] = error.linePos!;
  throw new UserError(`${name} is not valid YAML at line ${line}, column ${col}: ${reason}. Correct that line.`);
}

/** Returns the document's content. @throws UserError for an alias without an anchor, which the parser does not report */
function contentOf(document: Document, name: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const reason = (error as Error).message.replace(/\.$/, "");
    throw new UserError(`${name} is not valid YAML: ${reason}. Put a text that begins with * or & in quotation marks.`);
  }
}

/** Returns the value if it is a mapping, or `{}` if it is empty. @throws UserError for anything else */
function mappingOf(value: unknown, what: string): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UserError(
    `${what} is ${JSON.stringify(value)}. Allowed: keys with values, such as "aws:region: eu-central-1" below "config:".`,
  );
}

/** Returns a key with its namespace. Pulumi once wrote `project:config:name`. */
function fullKey(key: string, project: string, file: string): string {
  const parts = key.split(":");
  if (parts.length === 1) return `${project}:${key}`;
  if (parts.length === 3 && parts[1] === "config") return `${parts[0]}:${parts[2]}`;
  if (parts.length === 2) return key;
  throw new UserError(`${file} has the key "${key}". Allowed: <namespace>:<name>, or <name> for this project's own keys.`);
}

/** Parses as the engine does, with Go's YAML: numbers of YAML 1.1 (`1_000`, `010`) and booleans of 1.2 (`yes` is a string). */
const likeTheEngine = {
  schema: "yaml-1.1",
  customTags: (tags: Tags) => [...tags.filter((tag) => typeof tag === "string" || !notTheEngines.test(tag.tag)), "bool", "intOct"],
} satisfies ParseOptions & DocumentOptions & SchemaOptions;
const notTheEngines = /:(bool|timestamp)$/;

/** Returns the region in a stack's file; `undefined` if there is none yet. */
export function stackRegion(stack: string): string | undefined {
  return readStackFile(path.join(root, `Pulumi.${stack}.yaml`), projectName())?.["aws:region"];
}

/** Lists the stacks that have a file. */
function stacks(): string[] {
  return readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

function asText(value: unknown): string {
  const shown = withoutSecrets(value);
  return typeof shown === "object" && shown !== null ? JSON.stringify(shown) : String(shown ?? "");
}

/** Replaces encrypted values, also within lists and objects. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return encrypted;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutSecrets(member)]));
}
