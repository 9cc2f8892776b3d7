import { faultKinds } from "./faults";
import type { DeliveryCell } from "./deliveries/matrix";
import type { Cell, Span } from "./matrix";

type AnyCell = Cell | DeliveryCell;
/** What a table shows of a row. */
interface Called {
  call: string;
}

const titles: Record<Span, string> = {
  once: "One call fails",
  outage: "Every such call fails for twenty minutes",
};

/** Formats the matrix as Markdown: a table for each span, with calls as rows and faults as columns. */
export function tableOf(rows: readonly Called[], cells: readonly AnyCell[]): string {
  const spans = Object.keys(titles) as Span[];
  return spans.map((span) => [`### ${titles[span]}`, "", "<!-- prettier-ignore -->", ...table(rows, cells, span)].join("\n")).join("\n\n");
}

function table(rows: readonly Called[], cells: readonly AnyCell[], span: Span): string[] {
  const head = ["Call", ...faultKinds];
  const lines = rows.map(({ call }) => [`\`${call}\``, ...faultKinds.map((kind) => textOf(cells.find(isOf(call, kind, span))!))]);
  return [head, head.map(() => "---"), ...lines].map((line) => `| ${line.join(" | ")} |`);
}

const isOf = (call: string, kind: string, span: Span) => (cell: AnyCell) => cell.call === call && cell.kind === kind && cell.span === span;

function textOf({ result, remedy, alarms, quiet }: AnyCell): string {
  if (result.broken.length > 0) return `**${result.broken[0]}**`;
  const [first] = alarms;
  const told = first ? `${first.what} ${first.minutes}′` : `_${quiet === undefined ? "no alarm" : quiet}_`;
  return `${remedy}<br>${told}`;
}
