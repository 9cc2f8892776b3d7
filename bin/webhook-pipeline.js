#!/usr/bin/env node
"use strict";

// Plain JavaScript: it must be able to say what is missing before anything is installed.
const path = require("node:path");

const root = path.resolve(__dirname, "..");

function main() {
  try {
    require.resolve("commander");
  } catch {
    console.error(`The packages of this project are not installed. Run "npm ci" in ${root}.`);
    process.exitCode = 1;
    return;
  }
  require("ts-node").register({ dir: root });
  const { runProgram } = require("../cli/lib/program.ts");
  const { createProgram } = require("../cli/program.ts");
  const { addToolCommands } = require("../tools/commands.ts");
  void runProgram(addToolCommands(createProgram()), process.argv.slice(2));
}

main();
