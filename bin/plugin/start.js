"use strict";

// Pulumi's runner compiles TypeScript with type checks and with the options of the program that uses the plugin. This loader replaces it.
require("../typescript.js");
require("./index.ts");
