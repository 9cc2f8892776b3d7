import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

/** Finds the types that a package declares, without a type checker, which would read thousands of files. */

export type Declared = ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.ClassDeclaration | ts.EnumDeclaration | ts.ModuleDeclaration;
type Block = ts.SourceFile | ts.ModuleBlock;

const files = new Map<string, ts.SourceFile>();

/** Reads a file of declarations, once. */
export function declarationsIn(file: string): ts.SourceFile {
  const known = files.get(file);
  if (known) return known;
  const read = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  files.set(file, read);
  return read;
}

const isDeclared = (node: ts.Node): node is Declared =>
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isEnumDeclaration(node) ||
  ts.isModuleDeclaration(node);

const named = (block: Block, name: string) => block.statements.filter(isDeclared).filter((one) => one.name?.text === name);

/** Returns the declarations of a name, such as `Charge` or `Charge.BillingDetails`, as seen from a node. */
export function resolve(name: ts.EntityName, from: ts.Node): Declared[] {
  if (ts.isIdentifier(name)) return visible(name.text, from);
  return resolve(name.left, from).flatMap((one) => inside(one, name.right.text));
}

/** Returns the declarations of a name that a file exports, also of one in a namespace, such as `Payment.Raw`. */
export function exported(file: string, name: string): Declared[] {
  const [first, ...rest] = name.split(".");
  return rest.reduce((found, part) => found.flatMap((one) => inside(one, part)), visible(first, declarationsIn(file)));
}

/** Returns what a namespace declares under a name. */
function inside(declared: Declared, name: string): Declared[] {
  if (!ts.isModuleDeclaration(declared) || !declared.body) return [];
  return ts.isModuleBlock(declared.body) ? named(declared.body, name) : [];
}

/** Looks a name up in the blocks around a node, from the inside out, then in the file's imports. */
function visible(name: string, from: ts.Node): Declared[] {
  for (let node: ts.Node | undefined = from; node; node = node.parent) {
    if (ts.isModuleBlock(node)) {
      // A namespace may have several parts.
      const own = named(node, name);
      const parts = own.length > 0 ? own : siblings(node).flatMap((one) => inside(one, name));
      if (parts.length > 0) return parts;
    }
    if (ts.isSourceFile(node)) {
      const own = named(node, name);
      return own.length > 0 ? own : imported(node, name);
    }
  }
  return [];
}

function siblings({ parent }: ts.ModuleBlock): ts.ModuleDeclaration[] {
  return named(parent.parent as Block, (parent.name as ts.Identifier).text).filter(ts.isModuleDeclaration);
}

function imported(file: ts.SourceFile, name: string): Declared[] {
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    const found = bindings && ts.isNamedImports(bindings) ? bindings.elements.find((one) => one.name.text === name) : undefined;
    const target = found && fileOf(file, (statement.moduleSpecifier as ts.StringLiteral).text);
    if (target) return exported(target, (found.propertyName ?? found.name).text);
  }
  return [];
}

function fileOf(from: ts.SourceFile, specifier: string): string | undefined {
  const base = path.join(path.dirname(from.fileName), specifier.replace(/\.m?js$/, ""));
  return specifier.startsWith(".") ? [`${base}.d.ts`, path.join(base, "index.d.ts")].find((file) => existsSync(file)) : undefined;
}
