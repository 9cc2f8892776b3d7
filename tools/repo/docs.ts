import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { document } from "../../ci-roles/document";
import { stateNames } from "../../ci-roles/state";
import { createStacks } from "../../ci-roles/statePolicies";
import { keyDescriptions, type KeyDescription } from "../../config/schema";
import { UserError } from "../../domain/userError";
import { printError } from "../../cli/lib/output";
import { rules } from "../../preflight/preflight";
import { argInterfaces, outputInterface } from "./argInterfaces";
import { catalogSections } from "./catalog";
import { descriptionTable } from "./descriptionKeys";
import { kindTables } from "./kinds";
import { pluginSchema } from "./pluginSchema";
import { version } from "../../package.json";

const root = path.resolve(__dirname, "../..");
/** Returns the marks of a generated part. */
const marks = (what: string, by: string) => ({ begin: `<!-- ${what}: begin, written by ${by} -->`, end: `<!-- ${what}: end -->` });

/** Returns the files that have generated parts, with their new content. The sources are config/schema.ts, package.json, ci-roles/, the preflight
 * rules, the providers' tables of meanings, the catalog, the schema of descriptions, and the service of docs/. */
export function generated(): { file: string; content: string }[] {
  return [
    { file: "Pulumi.yaml", content: pulumiYaml(read("Pulumi.yaml")) },
    { file: "README.md", content: readme(read("README.md")) },
    { file: "docs/state-policy.json", content: statePolicy() },
    { file: "docs/preflight.md", content: rulesTable("docs/preflight.md") },
    { file: "docs/catalog.md", content: between(read("docs/catalog.md"), "docs/catalog.md", "catalog", catalogSections()) },
    {
      file: "docs/providers.md",
      content: between(read("docs/providers.md"), "docs/providers.md", "description", descriptionTable()),
    },
    {
      file: "docs/destinations.md",
      content: between(read("docs/destinations.md"), "docs/destinations.md", "service", `\`\`\`js\n${read("docs/service.mjs")}\`\`\``),
    },
    ...argInterfaces(),
    outputInterface(),
    { file: "bin/plugin/schema.json", content: pluginSchema(version) },
    { file: "docs/kinds.md", content: between(read("docs/kinds.md"), "docs/kinds.md", "kinds", kindTables()) },
  ];
}

/** Writes the policy for the state. What differs between accounts is in angle brackets. */
function statePolicy(): string {
  const { bucket } = stateNames("webhook-pipeline", "<account>", "<region>");
  const location = { bucketArn: `arn:aws:s3:::${bucket}`, keyArn: "arn:aws:kms:<region>:<account>:key/<key id>" };
  return `${JSON.stringify(document(...createStacks(location, "<stack>")), null, 2)}\n`;
}

function pulumiYaml(current: string): string {
  const document = parseDocument(current);
  const keys = Object.entries(keyDescriptions).map(([name, key]) => [name, declaration(key)]);
  document.set("config", Object.fromEntries(keys));
  return document.toString({ lineWidth: 0 });
}

/**
 * Declares a key. Pulumi.yaml cannot declare a list with elements of any type, so such a key has no type there; the program checks it.
 * @see https://www.pulumi.com/docs/iac/concepts/projects/project-file/
 */
function declaration({ type, items, default: value, description, allowed }: KeyDescription) {
  const declared = type === "array" && !items?.type ? {} : { type, ...(items && { items }) };
  return { ...declared, default: value, description: `${description} Allowed: ${allowed}.` };
}

function readme(current: string): string {
  const rows = Object.entries(keyDescriptions).map(
    ([name, { default: value, description, allowed }]) => `| \`${name}\` | \`${JSON.stringify(value)}\` | ${description} | ${allowed} |`,
  );
  const table = ["| Key | Default | Meaning | Allowed |", "| --- | --- | --- | --- |", ...rows].join("\n");
  return between(current, "README.md", "configuration", table);
}

function rulesTable(file: string): string {
  const escaped = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
  const rows = rules.map(({ id, severity, awsError, link }) => `| \`${id}\` | ${severity} | ${escaped(awsError)} | [source](${link}) |`);
  const table = ["| Rule | Severity | AWS's message, or *silent* | Source |", "| --- | --- | --- | --- |", ...rows].join("\n");
  return between(read(file), file, "rules", table);
}

/** Replaces the part of a text between its marks. @throws UserError if the file has no marks */
export function between(current: string, file: string, what: string, content: string, by = "npm run fix"): string {
  const { begin, end } = marks(what, by);
  const [head, rest] = [current.indexOf(begin), current.indexOf(end)];
  if (head < 0 || rest < 0) throw new UserError(`${file} has no generated part. Add the lines "${begin}" and "${end}".`);
  return `${current.slice(0, head)}${begin}\n\n<!-- prettier-ignore -->\n${content}\n\n${current.slice(rest)}`;
}

function read(file: string): string {
  return existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), "utf8") : "";
}

/** Rewrites the generated parts that are out of date. @param check lists them instead @returns 1 if `check` has listed some */
export async function writeDocs({ check }: { check?: boolean } = {}): Promise<number> {
  const stale = generated().filter(({ file, content }) => read(file) !== content);
  if (check) {
    for (const { file } of stale) printError(`${file} is out of date. Run "npm run fix".`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const { file, content } of stale) writeFileSync(path.join(root, file), content);
  return 0;
}
