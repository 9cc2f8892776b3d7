"use strict";

// ts-node would do the same, but reads tsconfig.json with the TypeScript compiler, which takes as long to load as the whole of `--help`.
const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");

/** Compiles as ts-node does by tsconfig.json: a dynamic `import()` stays Node.js's own. */
const options = {
  swcrc: false,
  configFile: false,
  sourceMaps: "inline",
  module: { type: "commonjs", ignoreDynamic: true },
  jsc: { target: "es2022", parser: { syntax: "typescript" }, transform: { useDefineForClassFields: true }, keepClassNames: true },
};

process.setSourceMapsEnabled(true);
require.extensions[".ts"] = (module, filename) =>
  module._compile(transformSync(readFileSync(filename, "utf8"), { ...options, filename }).code, filename);
