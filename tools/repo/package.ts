import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { printLine } from "../../cli/lib/output";
import { bundleHandler } from "../../components/lib/bundle";
import { bundleList } from "../../components/lib/handlerBundle";
import { handlerNames, type HandlerName } from "../../domain/names";
import { UserError } from "../../domain/userError";
import manifest from "../../package.json";
import { packageDescription } from "../../domain/package";
import { keepPackedLinks, sectionsOf } from "./packedPages";

const root = path.resolve(__dirname, "../..");

/** Folder of the package within the project. */
const packageFolder = path.join(root, ".cache", "package");

/** Packages of which a program may have only one copy, because they hold its connection to the engine. */
const peers = ["@pulumi/aws", "@pulumi/awsx", "@pulumi/pulumi"] as const;
const dependencies = ["zod"] as const;

/** Files that the package has as they are: the plugin's, the data that its code reads, and what people read. */
const copied = ["CHANGELOG.md", "LICENSE", "PulumiPlugin.yaml", "domain/catalog", "bin/plugin/schema.json"];

/** Returns the package's package.json. As a plugin, its folder starts bin/plugin/index.js; a program that imports it gets the components. */
export function packageManifest(): Record<string, unknown> {
  const { name, version, license, engines } = manifest;
  const versions: Readonly<Record<string, string>> = manifest.dependencies;
  const ranged = (names: readonly string[], prefix: string) => Object.fromEntries(names.map((one) => [one, `${prefix}${versions[one]}`]));
  return {
    name,
    version,
    description: packageDescription,
    license,
    keywords: ["pulumi", "aws", "webhooks"],
    main: "bin/plugin/index.js",
    types: "components/index.d.ts",
    exports: {
      ".": { types: "./components/index.d.ts", default: "./components/index.js" },
      "./package.json": "./package.json",
    },
    files: ["bin", "bundles", "components", "config", "docs", "domain", "CHANGELOG.md", "PulumiPlugin.yaml"],
    engines,
    dependencies: ranged(dependencies, "^"),
    peerDependencies: ranged(peers, "^"),
  };
}

/** Sections of the repository's README to which pages lead. */
const sections = ["Configuration", "Cost and limits", "Command line"];

const readme = () => `# Webhook pipeline

${packageDescription}

\`\`\`ts
import { WebhookPipeline } from "${manifest.name}";

const pipeline = new WebhookPipeline("hooks", { sources: ["stripe"] });
export const url = pipeline.urls.stripe;
\`\`\`

[docs/use.md](docs/use.md) shows each way to use it, and [CHANGELOG.md](CHANGELOG.md) what changed. The commands, the local run and the
examples are in the repository.

${sectionsOf(readFileSync(path.join(root, "README.md"), "utf8"), sections)}`;

/** Copies the pages and what they show. Pictures of the console and the decisions are of use only in the repository. */
function copyPages(folder: string): void {
  const docs = path.join(root, "docs");
  const names = readdirSync(docs, { withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && !/\.png$/.test(entry.name) ? [entry.name] : [],
  );
  for (const name of names) cpSync(path.join(docs, name), path.join(folder, "docs", name));
  writeFileSync(path.join(folder, "README.md"), readme());
  keepPackedLinks(folder);
}

/**
 * Writes the package: compiled components with their types, the bundles of the handlers, and the plugin for other languages.
 * @returns the folder, for \`npm pack\` or \`npm install\` @throws UserError with the compiler's messages
 */
export function buildPackage(folder = packageFolder): string {
  rmSync(folder, { recursive: true, force: true });
  compile(folder);
  for (const file of copied) cpSync(path.join(root, file), path.join(folder, file), { recursive: true });
  for (const handler of handlerNames) copyBundle(handler, path.join(folder, "bundles"));
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(packageManifest(), null, 2)}\n`);
  copyPages(folder);
  return folder;
}

function compile(folder: string): void {
  const compiler = path.join(root, "node_modules/typescript-7/bin/tsc");
  const args = ["-p", path.join(root, "tools/repo/tsconfig.package.json"), "--outDir", folder];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...args], { encoding: "utf8" });
  if (status !== 0) throw new UserError(`The package does not compile:\n${stdout}`);
}

/** Copies a bundle. The bundles have most of their modules in common, and each of these is in the package once. */
function copyBundle(handler: HandlerName, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const copies = Object.entries(bundleHandler(handler)).map(([name, file]) => {
    const contents = readFileSync(file);
    const digest = createHash("sha256").update(contents).digest("hex").slice(0, 16);
    const copy = `${digest}${name.endsWith(".map") ? ".map" : ".mjs"}`;
    writeFileSync(path.join(folder, copy), contents);
    return [name, copy];
  });
  writeFileSync(path.join(folder, bundleList(handler)), JSON.stringify(Object.fromEntries(copies)));
}

/** Makes the file that npm installs, in the working directory. @returns its name @throws UserError with npm's messages */
function pack(folder: string): string {
  const { status, stdout, stderr } = spawnSync("npm", ["pack", path.resolve(folder)], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new UserError(`npm cannot pack ${folder}:\n${stderr}`);
  return stdout.trim();
}

/** Writes the package, and prints where it is. @param options.pack makes the file that npm installs, too */
export async function writePackage(options: { pack?: boolean } = {}): Promise<number> {
  const folder = path.relative(process.cwd(), buildPackage());
  printLine(`Wrote ${manifest.name} ${manifest.version} to ${folder}.`);
  if (options.pack) printLine(`Wrote ${pack(folder)}. In your program: npm install <path of this file>`);
  return 0;
}
