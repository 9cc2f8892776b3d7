import type { Figure } from "./samples";

/** Row of the table of figures. */
export interface Row {
  what: string;
  measured: string;
  bound: string;
}

const textOf = (value: number): string => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : String(Math.round(value)));

/** Returns a figure's row. */
export const rowOf = ({ what, value, unit, bound }: Figure): Row => ({
  what,
  measured: `${textOf(value)} ${unit}`,
  bound: bound === undefined ? "" : `${bound} ${unit}`,
});

/** Returns the table in Markdown. */
export const tableOf = (rows: readonly Row[]): string =>
  ["| What | Measured | Bound |", "| --- | --- | --- |", ...rows.map((row) => `| ${row.what} | ${row.measured} | ${row.bound} |`)].join(
    "\n",
  );

/** Reads the rows of a page's table of figures. */
export const rowsIn = (page: string): Row[] =>
  [...(/<!-- figures: begin[^]*?<!-- figures: end/.exec(page)?.[0] ?? "").matchAll(/^\| (.+?) \| (.+?) \| (.*?) ?\|$/gm)]
    .map(([, what, measured, bound]) => ({ what, measured, bound: bound.trim() }))
    .filter(({ measured }) => /^[\d.]+ \S+$/.test(measured));

/** Puts measured rows in the place of those with the same name, and new ones at the end. */
export function replaceRows(rows: readonly Row[], measured: readonly Row[]): Row[] {
  const fresh = new Map(measured.map((row) => [row.what, row]));
  const known = new Set(rows.map(({ what }) => what));
  return [...rows.map((row) => fresh.get(row.what) ?? row), ...measured.filter(({ what }) => !known.has(what))];
}

/** Returns the figure of a row. Its ID is its name. */
export function figureOf({ what, measured, bound }: Row): Figure {
  const [value, unit] = measured.split(" ");
  return { id: what, what, value: Number(value), unit: unit as Figure["unit"], ...(bound !== "" && { bound: Number.parseFloat(bound) }) };
}
