"use strict";

// Loads .ts files. ts-node does the same, but loads the TypeScript compiler to read tsconfig.json, which would double the time of `--help`.
const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");

/** Compiles as ts-node does with tsconfig.json. Node.js itself runs a dynamic `import()`. */
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
