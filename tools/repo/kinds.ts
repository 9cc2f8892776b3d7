import { catalogProviders, descriptionOf } from "../../domain/catalog";
import type { AmountRule, Condition } from "../../domain/meaning";
import type { CodedMeaningRow, CodedMeanings, Reference } from "../../handlers/sources/lib/meaning";
import { meanings } from "../../handlers/sources/meanings";

/** Writes a table for each provider whose events have a meaning. */
export function kindTables(): string {
  const described = catalogProviders.map((name) => [name, descriptionOf(name).meanings ?? { rows: [] }] as const);
  return [...Object.entries(meanings), ...described]
    .filter(([, { rows }]) => rows.length > 0)
    .map(([provider, table]) => [`### ${provider}`, "", ...tableOf(table)].join("\n"))
    .join("\n\n");
}

function tableOf(table: CodedMeanings): string[] {
  const isElsewhere = table.rows.some(({ payment }) => payment !== undefined);
  const cellsOf = (row: CodedMeaningRow) => [
    typesOf(row),
    statesOf(row.when),
    code(row.kind),
    amountOf(row.amount),
    ...(isElsewhere ? [referenceOf(row.payment)] : []),
  ];
  const headings = ["Type", "If", "Kind", "Amount", ...(isElsewhere ? ["Payment reference, if in another field"] : [])];
  return [
    ...[...sentenceOn("payment", table.payment), ...sentenceOn("customer", table.customer)].map((sentence) => `- ${sentence}`),
    "",
    "<!-- prettier-ignore -->",
    ...[headings, headings.map(() => "---"), ...table.rows.map(cellsOf)].map((cells) => `| ${cells.join(" | ")} |`),
  ];
}

/** Says where a reference is. Returns no sentence if events do not have it. */
function sentenceOn(what: string, reference: Reference | undefined): string[] {
  if (reference === undefined) return [];
  const several = Array.isArray(reference) ? "the first of these fields that has a value: " : "";
  return [`The ${what} reference is in ${several}${fieldsOf(reference).join(", ")}.`];
}

const code = (text: string) => `\`${text}\``;
/** Joins texts. @param last before the last text */
const list = (texts: readonly string[], last: string) =>
  texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")}${last} ${texts.at(-1)}`;
/** Joins paths: the first that leads to a value counts. */
const firstOf = (texts: readonly string[]) => list(texts, ", otherwise");

const typesOf = ({ types, documentation }: CodedMeaningRow) => types.map((type) => `[${code(type)}](${documentation})`).join(", ");

const statesOf = (conditions: readonly Condition[] = []): string => conditions.map(stateOf).join(", and ");

function stateOf(condition: Condition): string {
  if ("some" in condition) return `in an element of ${code(condition.some)}, ${statesOf(condition.where)}`;
  const [values, verb] = "is" in condition ? [condition.is, "is"] : [condition.isNot, "is not"];
  return `${code(condition.path)} ${verb} ${list(
    values.map((value) => (value === null ? "missing" : code(scalarOf(value)))),
    " or",
  )}`;
}

/** Writes a value. A text that looks like another type has quotes: `true` and `"true"`. */
const scalarOf = (value: string | number | boolean) => (value === "true" || value === "false" ? JSON.stringify(value) : String(value));

function amountOf(rule: AmountRule | undefined): string {
  if (rule === undefined) return "";
  const value = firstOf([rule.value].flat().map(code));
  if (rule.each !== undefined) return `sum of ${value} over the elements of ${code(rule.each)} in which ${statesOf(rule.where)}`;
  return `${value}${rule.less === undefined ? "" : ` minus ${code(rule.less)}`}${rule.negative ? "; a minus sign is ignored" : ""}`;
}

const referenceOf = (reference: Reference = []): string => firstOf(fieldsOf(reference));

const fieldsOf = (reference: Reference): string[] =>
  [reference].flat().map((one) => (typeof one === "string" ? code(one) : one.description));
