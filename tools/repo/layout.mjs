import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import ts from "typescript";

/** The rooms, top floor first, and the rooms from which each may import: all of them further down, so there is no circle of rooms. */
const below = {
  bin: ["tools", "cli", "components", "config", "domain"],
  tools: ["testbed", "cli", "local", "ci-roles", "provider.ts", "components", "preflight", "handlers", "config", "domain"],
  testbed: ["cli", "local", "preflight", "handlers", "domain"],
  console: ["cli", "domain"],
  cli: ["local", "ci-roles", "preflight", "handlers", "config", "domain"],
  "index.ts": ["provider.ts", "components", "config"],
  local: ["preflight", "components", "handlers", "domain"],
  "ci-roles": ["provider.ts", "preflight", "config", "domain"],
  "provider.ts": ["config"],
  components: ["config", "domain"],
  preflight: ["config", "domain"],
  config: ["domain"],
  handlers: ["domain"],
  domain: [],
  docs: [],
};
const rooms = new Set(Object.keys(below));
const floors = [...rooms];
for (const [room, others] of Object.entries(below))
  for (const other of others)
    if (floors.indexOf(other) <= floors.indexOf(room)) throw new Error(`${room} may not import from ${other}, which is not below it.`);

const roomOf = (file) => file.split(path.sep)[0];
const extensions = ["", ".ts", ".tsx", ".mjs", `${path.sep}index.ts`];

/** Returns the file that a relative import means; the path as it is written if there is none yet. */
function target(root, file, specifier) {
  const base = path.join(path.dirname(file), specifier);
  return extensions.map((end) => base + end).find((one) => path.extname(one) !== "" && isFile(path.join(root, one))) ?? base;
}

function isFile(file) {
  return ts.sys.fileExists(file);
}

/** Calls a function with each import of a file: of values, of types, `import()` also as a type, `import … = require()` and `export … from`. */
const eachImport = (check) => ({
  ImportDeclaration: (node) => check(node.source),
  ExportNamedDeclaration: (node) => node.source && check(node.source),
  ExportAllDeclaration: (node) => check(node.source),
  ImportExpression: (node) => check(node.source),
  TSImportType: (node) => check(node.source),
  TSExternalModuleReference: (node) => check(node.expression),
  "CallExpression[callee.name='require']": (node) => node.arguments[0] && check(node.arguments[0]),
});

const arrows = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const file = path.relative(context.cwd, context.filename);
    const room = roomOf(file);
    return eachImport((node) => {
      if (typeof node.value !== "string") return;
      const say = (message) => context.report({ node, message });
      if (room === "handlers" && node.value.startsWith("@pulumi/")) say("handlers may not import @pulumi: they run inside Lambda.");
      if (!node.value.startsWith(".")) return;
      const other = roomOf(target(context.cwd, file, node.value));
      if (other === room || other === "package.json") return;
      if (room === "tests") return;
      const unknown = [room, other].find((one) => !rooms.has(one) && one !== "tests");
      if (unknown) say(`Unknown room ${unknown}. Add it to tools/repo/layout.mjs.`);
      else if (!below[room].includes(other))
        say(`${room} may not import from ${other}. Allowed: ${below[room].join(", ") || "no other room"}.`);
    });
  },
};

/** The files that each file imports, read once per run. */
let imports;
function importsOf(root) {
  const ignored = new Set(["node_modules", ".cache", ".local", ".git", "coverage"]);
  const list = (folder) =>
    readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return ignored.has(entry.name) ? [] : list(file);
      return /\.(tsx?|mjs|js)$/.test(entry.name) ? [file] : [];
    });
  return new Map(list("").map((file) => [file, targets(root, file, readFileSync(path.join(root, file), "utf8"))]));
}

function targets(root, file, text) {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.flatMap(({ fileName }) => (fileName.startsWith(".") ? [target(root, file, fileName)] : []));
}

/** Returns the shortest chain of imports from a file to another one, or nothing. */
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
    const graph = (imports ??= importsOf(context.cwd));
    return eachImport((node) => {
      if (typeof node.value !== "string" || !node.value.startsWith(".")) return;
      const way = wayBack(graph, target(context.cwd, file, node.value), file);
      if (way) context.report({ node, message: `Imports go in a circle: ${[file, ...way].join(" → ")}.` });
    });
  },
};

/** Refuses to print past the file that escapes values from outside. */
const output = {
  meta: { type: "problem", schema: [] },
  create: (context) => ({
    MemberExpression(node) {
      const isConsole = node.object.name === "console";
      const isWrite = node.property.name === "write" && node.object.property?.name === "stdout";
      if (isConsole || isWrite) context.report({ node, message: "Print with cli/lib/output.ts, which escapes values from outside." });
    },
  }),
};

/** Lint rules that enforce the layout of the rooms: see docs/decisions/0059-import-downward-only-room-by-room.md. */
export default { meta: { name: "layout" }, rules: { arrows, circles, output } };
