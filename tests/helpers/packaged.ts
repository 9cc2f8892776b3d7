import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { name } from "../../package.json";
import { buildPackage } from "../../tools/repo/package";

const root = path.resolve(__dirname, "../..");

/** Lets Pulumi run a program in TypeScript without its own slow check of types: `typeErrors` checks them. */
export const withoutTypeCheck = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

/** Packages that `npm install` of the package, and of a program's own dependencies, would bring. */
const installed = ["@pulumi/aws", "@pulumi/awsx", "@pulumi/pulumi", "@types", "@grpc", "google-protobuf", "ts-node", "typescript", "zod"];

/** Links the project's packages into a folder, as if they were installed there. */
export function linkPackages(folder: string): void {
  const modules = path.join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  for (const one of installed) {
    mkdirSync(path.dirname(path.join(modules, one)), { recursive: true });
    symlinkSync(path.join(root, "node_modules", one), path.join(modules, one));
  }
}

/** Copies the project as a clone has it, without its packages and tests. @returns the folder */
export function copyProject(folder: string): string {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  const files = listed.split("\0").filter((file) => file !== "" && !/^test(s|bed)\//.test(file) && existsSync(path.join(root, file)));
  for (const file of files) cpSync(path.join(root, file), path.join(folder, file));
  return folder;
}

/** Builds the package's folder from a copy of the project in another place. @returns the folder */
export function buildElsewhere(folder: string): string {
  const project = copyProject(path.join(folder, "elsewhere"));
  symlinkSync(path.join(root, "node_modules"), path.join(project, "node_modules"));
  const built = path.join(folder, "built-elsewhere");
  const script = `require("./bin/typescript.js"); require("./tools/repo/package.ts").buildPackage(${JSON.stringify(built)})`;
  execFileSync(process.execPath, ["-e", script], { cwd: project, stdio: "pipe" });
  return built;
}

/** Builds the package's file. @returns its path */
export function packFile(folder: string): string {
  const built = buildPackage(path.join(folder, "built"));
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", built, "--json", "--pack-destination", folder], { cwd: folder, encoding: "utf8", stdio: "pipe" }),
  ) as { filename: string }[];
  return path.join(folder, filename);
}

/** Unpacks the package's file as `npm install` does, beside the packages that it needs. */
export function installPackage(file: string, consumer: string): string {
  linkPackages(consumer);
  const folder = path.join(consumer, "node_modules", name);
  unpack(file, folder);
  return folder;
}

/** Unpacks the package's file into a folder of its own, as a plugin, and links what it needs. */
export function installPlugin(file: string, folder: string): string {
  unpack(file, folder);
  linkPackages(folder);
  return folder;
}

/** Unpacks the package's file into a folder. */
export function unpack(file: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", file, "-C", folder, "--strip-components=1"]);
}

/** Lists the files of a folder, except those of linked packages. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.name === "node_modules") return [];
    return entry.isDirectory() ? filesIn(file) : [file];
  });
}

/** Settings with which a program's types are checked. A program that has its own is checked with these. */
const compilerOptions = { strict: true, module: "nodenext", target: "es2022", types: ["node"] };

/** Checks a program's types, and with `strictly` also the declarations of all packages that it uses. @returns the compiler's messages */
export function typeErrors(folder: string, strictly = false): string {
  const config = path.join(folder, "tsconfig.json");
  if (!existsSync(config)) writeFileSync(config, JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  const compiler = path.join(root, "node_modules/typescript-7/bin/tsc");
  const args = [compiler, "-p", config, "--noEmit", "--checkers", "1", "--skipLibCheck", String(!strictly)];
  return spawnSync(process.execPath, args, { encoding: "utf8", cwd: folder }).stdout;
}

/** Copies an example into a folder. @returns its folder there */
export function copyExample(example: string, folder: string): string {
  const copy = path.join(folder, example);
  const own = (file: string) => !/(node_modules|sdks|venv|Pulumi\.[^./]+\.yaml)$/.test(file);
  cpSync(path.join(root, "examples", example), copy, { recursive: true, filter: own });
  return copy;
}

/** Generates the SDK of the package in a language, as `pulumi package add` does, from the committed schema. @returns its folder */
export function generateSdk(language: "nodejs" | "python", folder: string, environment: Record<string, string>): string {
  const args = ["package", "gen-sdk", path.join(root, "bin/plugin/schema.json"), "--language", language, "--out", folder];
  execFileSync("pulumi", args, { cwd: folder, env: { ...process.env, ...environment }, stdio: "pipe" });
  return path.join(folder, language);
}

/** Generates and installs the SDK for Python. @returns the folder from which Python imports it */
export function installPythonSdk(folder: string, environment: Record<string, string>): string {
  const installed = path.join(folder, "site-packages");
  const python = path.join(pythonWithPulumi(), "bin", "python");
  const sdk = generateSdk("python", folder, environment);
  const options = ["--quiet", "--disable-pip-version-check", "--no-build-isolation", "--no-deps", "--no-index"];
  execFileSync(python, ["-m", "pip", "install", ...options, "--target", installed, sdk], { stdio: "pipe" });
  return installed;
}

/** Copies the Python with Pulumi's SDK into a folder, so that a program can install packages into it. @returns the copy */
export function copyPython(folder: string): string {
  execFileSync("cp", ["-R", "-P", pythonWithPulumi(), folder]);
  return folder;
}

/** Returns a Python with Pulumi's SDK, in the project's cache; installs it the first time. */
export function pythonWithPulumi(): string {
  const folder = path.join(root, ".cache", "python-consumer");
  const python = path.join(folder, "bin", "python");
  const ready = path.join(folder, "ready");
  const requirements = path.join(root, "tests/engine/requirements.txt");
  if (existsSync(ready) && readFileSync(ready, "utf8") === readFileSync(requirements, "utf8")) return folder;
  execFileSync("python3", ["-m", "venv", "--clear", folder]);
  execFileSync(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", requirements]);
  cpSync(requirements, ready);
  return folder;
}
