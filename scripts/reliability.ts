import { readFileSync, writeFileSync } from "node:fs";
import "../tests/helpers/environment";
import { runCommand } from "../local/errors";
import { refuseArguments } from "../local/options";
import { print, printError } from "../local/output";
import { progressBar } from "../local/progress";
import { testSigning } from "../tests/helpers/handlers";
import { allFaults, cellOf, rowsOf, type Cell } from "../tests/reliability/matrix";
import { settingsOf } from "../tests/reliability/settings";
import { tableOf } from "../tests/reliability/table";
import { between } from "./docs";

const file = "docs/reliability.md";

/** `npm run reliability`: makes every call fail in every way, and writes what came of it into docs/reliability.md. */
async function main(): Promise<number> {
  refuseArguments("npm run reliability");
  const { signing, secrets } = await testSigning();
  const settings = await settingsOf("EXPRESS", secrets);
  const rows = await rowsOf(settings, signing);
  const faults = allFaults(rows);
  const cells: Cell[] = [];
  const bar = progressBar(faults.length);
  for (const { row, kind, span } of faults) {
    cells.push(await cellOf(row, kind, span, settings, signing));
    bar.show(cells.length);
  }
  bar.end();
  writeFileSync(file, between(readFileSync(file, "utf8"), file, "faults", tableOf(rows, cells), "reliability"));
  const broken = cells.filter(({ result }) => result.broken.length > 0);
  for (const { call, kind, span, result } of broken) printError(`${call}, ${kind}, ${span}: ${result.broken.join("; ")}`);
  print(`${cells.length} faults, ${broken.length} of them break a guarantee; written to ${file}.`);
  return broken.length === 0 ? 0 : 1;
}

void runCommand(main);
