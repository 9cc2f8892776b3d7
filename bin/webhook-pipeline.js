#!/usr/bin/env node
"use strict";

// This file is JavaScript, so that it can say what is missing before any package is installed.
const path = require("node:path");

function main() {
  try {
    for (const name of ["commander", "@swc/core"]) require.resolve(name);
  } catch {
    console.error(`The packages of this project are not installed. Run "npm ci" in ${path.resolve(__dirname, "..")}.`);
    process.exitCode = 1;
    return;
  }
  require("./typescript.js");
  const { runStrictCommand } = require("../cli/lib/commandLine.ts");
  const { createProgram } = require("../cli/program.ts");
  const { addToolCommands } = require("../tools/commands.ts");
  void runStrictCommand(addToolCommands(createProgram()), process.argv.slice(2));
}

main();
