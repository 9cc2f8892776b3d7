import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import ts from "typescript";

/** Rooms of the house, top floor first. An import goes down, or stays in its room. */
const floors = [
  ["tests"],
  ["tools"],
  ["testbed"],
  ["cli", "index.ts"],
  ["local", "ci-roles"],
  ["outputs.ts"],
  ["provider.ts", "components", "preflight"],
  ["graph"],
  ["config", "handlers"],
  ["domain", "docs"],
];
const floorOf = (room) => floors.findIndex((rooms) => rooms.includes(room));
/** What runs where the program is deployed: Lambda alone runs handlers. */
const infrastructure = ["index.ts", "outputs.ts", "provider.ts", "components", "config", "graph", "preflight", "ci-roles"];

const roomOf = (file) => file.split(path.sep)[0];
const extensions = ["", ".ts", ".mjs", `${path.sep}index.ts`];

/** The file of the repository that a relative import means; as it is written where there is none yet. */
function target(root, file, specifier) {
  const base = path.join(path.dirname(file), specifier);
  return extensions.map((end) => base + end).find((one) => path.extname(one) !== "" && isFile(path.join(root, one))) ?? base;
}

function isFile(file) {
  return ts.sys.fileExists(file);
}

/** Calls back with each import of a file: of values, of types, by `import()`, `import … = require()` and `export … from`. */
const eachImport = (check) => ({
  ImportDeclaration: (node) => check(node.source, node.importKind === "type"),
  ExportNamedDeclaration: (node) => node.source && check(node.source, node.exportKind === "type"),
  ExportAllDeclaration: (node) => check(node.source, node.exportKind === "type"),
  ImportExpression: (node) => check(node.source, false),
  TSExternalModuleReference: (node) => check(node.expression, false),
  "CallExpression[callee.name='require']": (node) => node.arguments[0] && check(node.arguments[0], false),
});

const arrows = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const file = path.relative(context.cwd, context.filename);
    const room = roomOf(file);
    return eachImport((node, isType) => {
      if (typeof node.value !== "string") return;
      const say = (message) => context.report({ node, message });
      if (room === "handlers" && node.value.startsWith("@pulumi/")) say("Handlers run inside Lambda: no @pulumi there.");
      if (!node.value.startsWith(".")) return;
      const other = roomOf(target(context.cwd, file, node.value));
      if (other === room) return;
      if (infrastructure.includes(room) && other === "handlers" && !isType) say("Handlers are bundled by path, never imported.");
      if (floorOf(room) < 0 || floorOf(other) < 0) say(`Give ${floorOf(room) < 0 ? room : other} a floor in tools/repo/layout.mjs.`);
      else if (floorOf(other) <= floorOf(room)) say(`Imports go down only: ${room} is not above ${other}.`);
    });
  },
};

/** By file, the files that it imports; read once a run. */
let imports;
function importsOf(root) {
  const ignored = new Set(["node_modules", ".cache", ".local", ".git", "coverage"]);
  const list = (folder) =>
    readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return ignored.has(entry.name) ? [] : list(file);
      return /\.(ts|mjs)$/.test(entry.name) ? [file] : [];
    });
  return new Map(list("").map((file) => [file, targets(root, file, readFileSync(path.join(root, file), "utf8"))]));
}

function targets(root, file, text) {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.flatMap(({ fileName }) => (fileName.startsWith(".") ? [target(root, file, fileName)] : []));
}

/** The way from a file back to another one, or nothing. */
function wayBack(graph, from, to) {
  const before = new Map([[from, undefined]]);
  for (const [file] of before) {
    if (file === to) {
      const way = [];
      for (let step = file; step !== undefined; step = before.get(step)) way.unshift(step);
      return way;
    }
    for (const next of graph.get(file) ?? []) if (!before.has(next)) before.set(next, file);
  }
}

const circles = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const file = path.relative(context.cwd, context.filename);
    const graph = new Map((imports ??= importsOf(context.cwd))).set(file, targets(context.cwd, file, context.sourceCode.text));
    return eachImport((node) => {
      if (typeof node.value !== "string" || !node.value.startsWith(".")) return;
      const way = wayBack(graph, target(context.cwd, file, node.value), file);
      if (way) context.report({ node, message: `Imports go in a circle: ${[file, ...way].join(" → ")}.` });
    });
  },
};

/** The house's layout, as docs/decisions.md draws it: each of its sentences is held here. */
export default { rules: { arrows, circles } };
