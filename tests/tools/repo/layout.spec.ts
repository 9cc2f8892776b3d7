import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** Files that break the layout in each line, with what lint says. */
const broken: Readonly<Record<string, readonly [line: string, message: string][]>> = {
  "domain/event.ts": [
    ['import "../handlers/receive";', "domain may not import from handlers. Allowed: no other room."],
    ['import "../bin/webhook-pipeline";', "domain may not import from bin."],
    ['export type Late = typeof import("../handlers/receive");', "domain may not import from handlers."],
    ['import type {} from "./lifecycle";', "Imports go in a circle: domain/event.ts → domain/lifecycle.ts → domain/event.ts."],
  ],
  "config/load.ts": [
    ['export * from "../preflight/preflight";', "config may not import from preflight. Allowed: domain."],
    ['import "../attic/load";', "Unknown room attic. Add it to tools/repo/layout.mjs."],
  ],
  "components/audit.ts": [
    ['import "../preflight/graph/types";', "components may not import from preflight. Allowed: config, domain."],
    ['import type {} from "../handlers/receive";', "components may not import from handlers."],
  ],
  "cli/send.ts": [
    ['void import("../index");', "cli may not import from index.ts."],
    ['console.log("sent");', "Print with cli/lib/output.ts, which escapes values from outside."],
    ['process.stdout.write("sent");', "Print with cli/lib/output.ts, which escapes values from outside."],
  ],
  "index.ts": [['const local = require("./local/ministack"); local;', "index.ts may not import from local."]],
  "tools/repo/check.ts": [['import type {} from "../../tests/helpers/scope";', "tools may not import from tests."]],
  "testbed/program.ts": [['import "../tests/helpers/scope";', "testbed may not import from tests."]],
  "handlers/receive.ts": [['import "@pulumi/pulumi";', "handlers may not import @pulumi: they run inside Lambda."]],
};
const sound: Readonly<Record<string, string>> = {
  "components/encryption.ts": 'import "../domain/lifecycle";\nimport "./audit";\n',
  "domain/lifecycle.ts": 'import type {} from "./event";\n',
  "cli/lib/output.ts": 'process.stdout.write("printed");\n',
  "tests/domain/event.spec.ts": 'import "../../domain/event";\n',
};

/** What oxlint reports to programs. */
interface Found {
  diagnostics: readonly { message: string; code: string; filename: string; labels: readonly { span: { line: number } }[] }[];
}

describe("The lint rules of the layout", () => {
  const root = process.cwd();
  const folder = mkdtempSync(path.join(tmpdir(), "layout-"));
  let found: { place: string; message: string }[];

  before(async () => {
    const write = (file: string, text: string) => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    };
    for (const [file, lines] of Object.entries(broken)) write(file, lines.map(([line]) => `${line}\n`).join(""));
    for (const [file, text] of Object.entries(sound)) write(file, text);
    const config = JSON.parse(readFileSync(".oxlintrc.json", "utf8")) as object;
    write(".oxlintrc.json", JSON.stringify({ ...config, jsPlugins: [path.join(root, "tools/repo/layout.mjs")] }));
    found = await lint(root, folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [file, lines] of Object.entries(broken))
    for (const [index, [line, message]] of lines.entries())
      it(`find ${line} in ${file}`, () => {
        const messages = found.filter(({ place }) => place === `${file}:${index + 1}`).map((one) => one.message);
        assert.ok(
          messages.some((one) => one.startsWith(message)),
          JSON.stringify(messages),
        );
      });

  for (const file of Object.keys(sound).filter((one) => one !== "domain/lifecycle.ts"))
    it(`pass ${file}`, () =>
      assert.deepEqual(
        found.filter(({ place }) => place.startsWith(file)),
        [],
      ));
});

/** Lints a folder, and returns what the layout's rules say, with `FILE:LINE`. */
async function lint(root: string, cwd: string): Promise<{ place: string; message: string }[]> {
  const program = path.join(root, "node_modules/oxlint/bin/oxlint");
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [program, "--format", "json", "."], { cwd }, (_, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(output) as Found;
  return diagnostics
    .filter(({ code }) => code.startsWith("layout("))
    .map(({ message, filename, labels }) => ({ place: `${filename}:${labels[0].span.line}`, message }));
}
