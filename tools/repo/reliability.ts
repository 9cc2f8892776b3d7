import { readFileSync, writeFileSync } from "node:fs";
import "../../testbed/environment";
import { print, printError } from "../../cli/lib/output";
import { progressBar } from "../../cli/lib/progress";
import { cellOfDeliveries, rowsOfDeliveries, type DeliveryCell } from "../../testbed/matrix/deliveries/matrix";
import { allFaults, cellOf, rowsOf, type Cell } from "../../testbed/matrix/matrix";
import { prepareMatrix } from "../../testbed/matrix/settings";
import { tableOf } from "../../testbed/matrix/table";
import { between } from "./docs";

const file = "docs/reliability.md";

/** Makes every call fail in every way, and writes the outcomes into docs/reliability.md; with `check`, tells whether it is up to date. */
export async function writeReliability({ check = false }: { check?: boolean } = {}): Promise<number> {
  const { signing, settings } = await prepareMatrix();
  const rows = await rowsOf(settings, signing);
  const faults = allFaults(rows);
  const deliveryRows = await rowsOfDeliveries(settings);
  const faultsOfDeliveries = allFaults(deliveryRows);
  const cells: Cell[] = [];
  const deliveryCells: DeliveryCell[] = [];
  const bar = progressBar(faults.length + faultsOfDeliveries.length);
  for (const { row, kind, span } of faults) {
    cells.push(await cellOf(row, kind, span, settings, signing));
    bar.show(cells.length);
  }
  for (const { row, kind, span } of faultsOfDeliveries) {
    deliveryCells.push(await cellOfDeliveries(row, kind, span, settings));
    bar.show(cells.length + deliveryCells.length);
  }
  bar.end();
  const written = readFileSync(file, "utf8");
  const command = "npx webhook-pipeline dev reliability";
  const withFaults = between(written, file, "faults", tableOf(rows, cells), command);
  const now = between(withFaults, file, "deliveries", tableOf(deliveryRows, deliveryCells), command);
  if (!check) writeFileSync(file, now);
  const all = [...cells, ...deliveryCells];
  const broken = all.filter(({ result }) => result.broken.length > 0);
  for (const { call, kind, span, result } of broken) printError(`${call}, ${kind}, ${span}: ${result.broken.join("; ")}`);
  print(
    `${all.length} faults, ${broken.length} of them break a guarantee; ${file} ${now === written ? "is up to date" : check ? "is out of date" : "is rewritten"}.`,
  );
  return broken.length > 0 || (check && now !== written) ? 1 : 0;
}
