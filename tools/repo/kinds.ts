import { catalogProviders, descriptionOf } from "../../domain/catalog";
import type { AmountRule, Condition } from "../../domain/meaning";
import type { MeaningRow, Meanings, Reference } from "../../handlers/sources/lib/meaning";
import { meanings } from "../../handlers/sources/meanings";

/** Writes a table for each provider whose events have a meaning. */
export function kindTables(): string {
  const described = catalogProviders.map((name) => [name, descriptionOf(name).meanings ?? { rows: [] }] as const);
  return [...Object.entries(meanings), ...described]
    .filter(([, { rows }]) => rows.length > 0)
    .map(([provider, table]) => [`### ${provider}`, "", ...tableOf(table)].join("\n"))
    .join("\n\n");
}

function tableOf(table: Meanings): string[] {
  const isElsewhere = table.rows.some(({ payment }) => payment !== undefined);
  const cellsOf = (row: MeaningRow) => [
    typesOf(row),
    statesOf(row.when),
    code(row.kind),
    amountOf(row.amount),
    ...(isElsewhere ? [referenceOf(row.payment)] : []),
  ];
  const headings = ["Type", "If", "Kind", "Amount", ...(isElsewhere ? ["Payment, if elsewhere"] : [])];
  return [
    `The payment is in ${referenceOf(table.payment)}.${table.customer === undefined ? "" : ` The customer is in ${referenceOf(table.customer)}.`}`,
    "",
    "<!-- prettier-ignore -->",
    ...[headings, headings.map(() => "---"), ...table.rows.map(cellsOf)].map((cells) => `| ${cells.join(" | ")} |`),
  ];
}

const code = (text: string) => `\`${text}\``;
/** Joins texts. @param last before the last text */
const list = (texts: readonly string[], last: string) =>
  texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")}${last} ${texts.at(-1)}`;
/** Joins paths: the first that leads to a value counts. */
const firstOf = (texts: readonly string[]) => list(texts, ", otherwise");

const typesOf = ({ types, documentation }: MeaningRow) => types.map((type) => `[${code(type)}](${documentation})`).join(", ");

const statesOf = (conditions: readonly Condition[] = []): string => conditions.map(stateOf).join(" and ");

function stateOf(condition: Condition): string {
  if ("some" in condition) return `an element of ${code(condition.some)} has ${statesOf(condition.where)}`;
  const [values, verb] = "is" in condition ? [condition.is, "is"] : [condition.isNot, "is not"];
  return `${code(condition.path)} ${verb} ${list(
    [...new Set(values.map((value) => (value === null ? "missing" : code(String(value)))))],
    " or",
  )}`;
}

function amountOf(rule: AmountRule | undefined): string {
  if (rule === undefined) return "";
  const value = firstOf([rule.value].flat().map(code));
  if (rule.each !== undefined) return `sum of ${value} in ${code(rule.each)} whose ${statesOf(rule.where)}`;
  return `${value}${rule.less === undefined ? "" : ` less ${code(rule.less)}`}${rule.negative ? ", without its sign" : ""}`;
}

function referenceOf(reference: Reference = []): string {
  return firstOf([reference].flat().map((one) => (typeof one === "string" ? code(one) : one.description)));
}
