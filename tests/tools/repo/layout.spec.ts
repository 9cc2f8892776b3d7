import * as assert from "node:assert/strict";
import { ESLint } from "eslint";

/** Imports that break the layout, each in place of an existing file. */
const broken: [file: string, text: string, message: RegExp][] = [
  ["domain/event.ts", 'import "../handlers/receive";', /^domain may not import from handlers\. Allowed: no other room\.$/],
  ["config/values.ts", 'export * from "../preflight/preflight";', /^config may not import from preflight\. Allowed: domain\.$/],
  ["components/audit.ts", 'import "../preflight/graph/types";', /^components may not import from preflight\. Allowed: config, domain\.$/],
  ["components/audit.ts", 'import type {} from "../handlers/receive";', / may not import from handlers\./],
  ["cli/send.ts", 'void import("../index");', / may not import from index\.ts\./],
  ["index.ts", 'const local = require("./local/ministack"); local;', / may not import from local\./],
  ["tools/repo/check.ts", 'import type {} from "../../tests/helpers/scope";', / may not import from tests\./],
  ["testbed/program.ts", 'import "../tests/helpers/scope";', / may not import from tests\./],
  ["handlers/receive.ts", 'import "@pulumi/pulumi";', /^handlers may not import @pulumi: they run inside Lambda\.$/],
  ["domain/event.ts", 'import "../bin/webhook-pipeline";', /^domain may not import from bin\./],
  ["domain/event.ts", 'export type Late = typeof import("../handlers/receive");', /^domain may not import from handlers\./],
  ["config/load.ts", 'import "../attic/load";', /^Unknown room attic\. Add it to tools\/repo\/layout\.mjs\.$/],
  [
    "domain/event.ts",
    'import type {} from "./lifecycle";',
    /^Imports go in a circle: domain\/event\.ts → domain\/lifecycle\.ts → domain\/event\.ts\.$/,
  ],
];

describe("The lint rules of the layout", () => {
  const eslint = new ESLint({ overrideConfigFile: "tools/repo/eslint.config.mjs" });

  async function found(file: string, text: string): Promise<string[]> {
    const [{ messages }] = await eslint.lintText(`${text}\n`, { filePath: file });
    return messages.filter(({ ruleId }) => ruleId?.startsWith("layout/")).map(({ message }) => message);
  }

  for (const [file, text, message] of broken)
    it(`find ${text} in ${file}`, async () => {
      const messages = await found(file, text);
      assert.ok(
        messages.some((one) => message.test(one)),
        messages.join("\n"),
      );
    });

  it("pass an import that goes down, or stays in its room", async () => {
    for (const text of ['import "../domain/event";', 'import "./encryption";'])
      assert.deepEqual(await found("components/audit.ts", text), []);
  });
});
