import * as path from "node:path";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

// These rules need the types of the whole program, which oxlint does not read.
export default tseslint.config({
  files: ["components/**/*.ts", "*.ts"],
  plugins: { "@pulumi": pulumi },
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { project: path.join(import.meta.dirname, "tsconfig.lint.json") },
  },
  rules: { "@pulumi/no-output-in-template-literal": "error", "@pulumi/no-output-instance-in-template-literal": "error" },
});
