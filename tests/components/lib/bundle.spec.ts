import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { bundleFile } from "../../../components/lib/bundle";
import { cacheModules, cachedModules } from "../../../components/lib/bundleCache";

const root = path.resolve(__dirname, "../../..");
const longAgo = new Date("2026-01-01T00:00:00Z");

describe("A bundle", () => {
  let folder: string;
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    utimesSync(file, longAgo, longAgo);
  };

  beforeEach(() => {
    mkdirSync(path.join(root, ".cache"), { recursive: true });
    folder = mkdtempSync(path.join(root, ".cache", "bundle-spec-"));
    write("entry.ts", `import { word } from "./word";\nexport const handler = () => word;\n`);
    write("word.ts", `export const word: string = "first";\n`);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const bundle = (changes = {}) => {
    const relative = path.relative(root, folder);
    return bundleFile(path.join(relative, "entry.ts"), path.join("..", "..", relative, "out"), changes)["index.mjs"];
  };
  const codeOf = (file: string) => readFileSync(file, "utf8");

  it("is reused for the same sources", () => {
    const made = statSync(bundle()).ino;
    assert.equal(statSync(bundle()).ino, made);
  });

  it("is rebuilt when an imported source changes", () => {
    bundle();
    write("word.ts", `export const word: string = "later";\n`);
    assert.match(codeOf(bundle()), /later/);
  });

  it("is rebuilt when one of its modules is damaged or missing", () => {
    for (const harm of [(file: string) => writeFileSync(file, "harmed"), (file: string) => rmSync(file)]) {
      harm(bundle());
      assert.match(codeOf(bundle()), /first/);
    }
  });

  it("is rebuilt with other settings", () => {
    const minified = codeOf(bundle()).length;
    assert.ok(codeOf(bundle({ minify: false })).length > minified);
  });

  it("reports a compile error", () => {
    write("word.ts", `export const word: string = ;\n`);
    assert.throws(bundle, /word\.ts:1:28: ERROR: Unexpected ";"/);
  });

  describe("in the cache", () => {
    const modules = new Map([["index.mjs", Buffer.from("code")]]);
    const keep = (sources: string[], readSince = Date.now()) =>
      cacheModules(path.join(folder, "kept"), { root: folder, settings: "s", sources, readSince }, modules);
    const kept = (settings = "s") => cachedModules(path.join(folder, "kept"), folder, settings);

    it("is identified by its settings and sources", () => {
      keep(["word.ts"]);
      assert.deepEqual(kept(), ["index.mjs"]);
      assert.equal(kept("others"), undefined);
      rmSync(path.join(folder, "word.ts"));
      assert.equal(kept(), undefined);
    });

    it("is not trusted if a source changed during the build", () => {
      keep(["word.ts"], longAgo.getTime());
      assert.equal(kept(), undefined);
    });

    it("detects changes of a package's file by size and time", () => {
      const file = path.join("node_modules", "package", "index.js");
      write(file, "one");
      keep([file]);
      assert.deepEqual(kept(), ["index.mjs"]);
      write(file, "three");
      assert.equal(kept(), undefined);
    });
  });
});
