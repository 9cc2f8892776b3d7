import * as assert from "node:assert/strict";
import { ESLint } from "eslint";

/** Each sentence of the layout, and an import that breaks it, in place of a file that there is. */
const broken: [file: string, text: string, message: RegExp][] = [
  ["domain/event.ts", 'import "../handlers/receive";', /^Imports go down only: domain is not above handlers\.$/],
  ["graph/capture.ts", 'export * from "../preflight/preflight";', /^Imports go down only: graph is not above preflight\.$/],
  ["cli/send.ts", 'void import("../index");', /^Imports go down only: cli is not above index\.ts\.$/],
  ["outputs.ts", 'import "./index";', /^Imports go down only: outputs\.ts is not above index\.ts\.$/],
  ["tools/repo/check.ts", 'import type {} from "../../tests/helpers/scope";', /^Imports go down only: tools is not above tests\.$/],
  ["testbed/program.ts", 'import "../tests/helpers/scope";', /^Imports go down only: testbed is not above tests\.$/],
  ["handlers/receive.ts", 'import "@pulumi/pulumi";', /^Handlers run inside Lambda: no @pulumi there\.$/],
  ["components/audit.ts", 'import "../handlers/receive";', /^Handlers are bundled by path, never imported\.$/],
  ["index.ts", 'const receive = require("./handlers/receive"); receive;', /^Handlers are bundled by path, never imported\.$/],
  ["config/load.ts", 'import "../attic/load";', /^Give attic a floor in tools\/repo\/layout\.mjs\.$/],
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

  it("let what goes down, stays in its room, or is a type of a handler's pass", async () => {
    for (const text of ['import "../domain/event";', 'import "./encryption";', 'import type {} from "../handlers/receive";'])
      assert.deepEqual(await found("components/audit.ts", text), []);
  });
});
