import { readFileSync, writeFileSync } from "node:fs";
import "../../testbed/environment";
import { runCommand } from "../../cli/lib/errors";
import { refuseArguments } from "../../cli/lib/options";
import { print, printError } from "../../cli/lib/output";
import { progressBar } from "../../cli/lib/progress";
import { testSigning } from "../../testbed/handlers";
import { allFaults, cellOf, rowsOf, type Cell } from "../../testbed/matrix/matrix";
import { matrixSettings } from "../../testbed/matrix/settings";
import { tableOf } from "../../testbed/matrix/table";
import { between } from "./docs";

const file = "docs/reliability.md";

/** `npm run reliability`: makes every call fail in every way, and writes what came of it into docs/reliability.md. */
async function main(): Promise<number> {
  refuseArguments("npm run reliability");
  const { signing, secrets } = await testSigning();
  const settings = await matrixSettings("EXPRESS", secrets);
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
