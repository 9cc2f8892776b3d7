import js from "@eslint/js";
import tseslint from "typescript-eslint";
import layout from "./layout.mjs";

export default tseslint.config(
  { ignores: ["node_modules/", ".cache/", ".local/", "coverage/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-require-imports": ["error", { allowAsImport: true }],
      "@typescript-eslint/no-this-alias": ["error", { allowedNames: ["parent"] }],
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["tools/bench/**/*.mjs", "tests/helpers/*.mjs", "docs/*.mjs", "examples/**/*.mjs"],
    languageOptions: { globals: { console: "readonly", performance: "readonly", process: "readonly" } },
  },
  {
    files: ["bin/**/*.js"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { __dirname: "readonly", console: "readonly", process: "readonly", require: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["cli/**/*.ts", "local/**/*.ts", "tools/repo/**/*.ts"],
    ignores: ["cli/lib/output.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "console", message: "Print with cli/lib/output.ts, which escapes values from outside." },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.property.name='write'][callee.object.property.name='stdout']",
          message: "Print with cli/lib/output.ts, which escapes values from outside.",
        },
      ],
    },
  },
  {
    files: ["**/*.ts", "**/*.tsx", "**/*.mjs", "bin/**/*.js"],
    plugins: { layout },
    rules: { "layout/arrows": "error", "layout/circles": "error" },
  },
);
