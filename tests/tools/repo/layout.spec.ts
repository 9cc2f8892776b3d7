import * as assert from "node:assert/strict";
import { ESLint } from "eslint";

/** Each sentence of the layout, and an import that breaks it, in place of a file that there is. */
const broken: [file: string, text: string, message: RegExp][] = [
  ["domain/event.ts", 'import "../handlers/receive";', /^domain may import from no other room: not from handlers\.$/],
  ["graph/capture.ts", 'export * from "../preflight/preflight";', /^graph may import from domain: not from preflight\.$/],
  ["components/audit.ts", 'import "../graph/types";', /^components may import from config, domain: not from graph\.$/],
  ["components/audit.ts", 'import type {} from "../handlers/receive";', /: not from handlers\.$/],
  ["cli/send.ts", 'void import("../index");', /: not from index\.ts\.$/],
  ["bin/webhook-pipeline.js", 'require("../local/ministack");', /^bin may import from tools, cli: not from local\.$/],
  ["cli/program.ts", 'import "../tools/commands";', /: not from tools\.$/],
  ["outputs.ts", 'import "./index";', /^outputs\.ts may import from components: not from index\.ts\.$/],
  ["index.ts", 'const local = require("./local/ministack"); local;', /: not from local\.$/],
  ["tools/repo/check.ts", 'import type {} from "../../tests/helpers/scope";', /: not from tests\.$/],
  ["testbed/program.ts", 'import "../tests/helpers/scope";', /: not from tests\.$/],
  ["handlers/receive.ts", 'import "@pulumi/pulumi";', /^Handlers run inside Lambda: no @pulumi there\.$/],
  ["config/load.ts", 'import "../attic/load";', /^Give attic a line in tools\/repo\/layout\.mjs\.$/],
  [
    "domain/event.ts",
    'import type {} from "./lifecycle";',
    /^Imports go in a circle: domain\/event\.ts → domain\/lifecycle\.ts → domain\/event\.ts\.$/,
  ],
];

describe("The lint rules of the layout", () => {
  // As configured, but without the rules that ask for types, which take seconds to load.
  const withoutTypes = { "@pulumi/no-output-in-template-literal": "off", "@pulumi/no-output-instance-in-template-literal": "off" } as const;
  const eslint = new ESLint({
    overrideConfigFile: "tools/repo/eslint.config.mjs",
    overrideConfig: { languageOptions: { parserOptions: { projectService: false } }, rules: withoutTypes },
  });

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

  it("let what goes down or stays in its room pass", async () => {
    for (const text of ['import "../domain/event";', 'import "./encryption";'])
      assert.deepEqual(await found("components/audit.ts", text), []);
  });
});
