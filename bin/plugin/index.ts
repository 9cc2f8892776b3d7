import { main } from "@pulumi/pulumi/provider";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { disableStackTraces } from "../../components/lib/stackTraces";
import { Host } from "./host";

disableStackTraces();
void main(new Host(readFileSync(path.join(__dirname, "schema.json"), "utf8")), process.argv.slice(2));
