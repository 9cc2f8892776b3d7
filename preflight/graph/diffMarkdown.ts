import type { Difference, DifferenceKind, InputDifference } from "./diff";
import type { Scalar } from "./flatten";

/** Half of GitHub's limit for a comment (65,536 characters), so that two stacks fit into one. */
const longestComment = 30_000;
const longestValue = 120;

const marks: Record<DifferenceKind, string> = { added: "➕", changed: "✏️", replaced: "♻️", deleted: "🗑️" };

/**
 * Renders a comparison as a pull request comment: data loss first, then every resource with its changes. If the comment
 * would be too long, it lists the resources without details and says so.
 * @param title the subject of the comparison, such as the stack's name
 */
export function renderComparison(differences: readonly Difference[], title: string): string {
  const head = [`### Resources of ${title}: ${summarize(differences)}`, ...warnings(differences)];
  const details = differences.map((difference) => `${headline(difference)}${detailsOf(difference)}`);
  return fit(head, details, differences.map(headline));
}

function fit(head: string[], details: string[], headlines: string[]): string {
  const whole = [...head, ...details].join("\n\n");
  if (whole.length < longestComment) return `${whole}\n`;
  const short = [
    ...head,
    "The details are too long for a comment and are left out. `stack diff --json` has them.",
    headlines.map((line) => `- ${line}`).join("\n"),
  ];
  return `${short.join("\n\n").slice(0, longestComment - 1)}\n`;
}

function summarize(differences: readonly Difference[]): string {
  if (differences.length === 0) return "no change";
  const count = (kind: DifferenceKind) => differences.filter((difference) => difference.kind === kind).length;
  return (["added", "changed", "replaced", "deleted"] as const).map((kind) => `${count(kind)} ${kind}`).join(", ");
}

function warnings(differences: readonly Difference[]): string[] {
  const losing = differences.filter(({ losesData }) => losesData);
  const unknown = differences.filter(({ kind, foreseeable }) => kind === "changed" && !foreseeable);
  return [
    ...alert("CAUTION", "**The data in these resources is lost** unless you move it first:", losing),
    ...alert("WARNING", "These might be replaced. Only `pulumi preview` can tell:", unknown),
  ];
}

function alert(level: string, sentence: string, differences: Difference[]): string[] {
  if (differences.length === 0) return [];
  return [[`> [!${level}]`, `> ${sentence}`, ...differences.map((difference) => `> - ${headline(difference)}`)].join("\n")];
}

function headline({ kind, resource: { type, name }, because, protectedBefore, protection }: Difference): string {
  const destroys = kind === "replaced" || kind === "deleted";
  const notes = [
    ...(because.length > 0 ? [`because of ${because.join(", ")}`] : []),
    ...(destroys && protectedBefore ? ["protected: Pulumi refuses until you unprotect it"] : []),
    ...(protection ? [`protection ${protection}`] : []),
  ];
  return `${marks[kind]} ${kind} \`${type}\` **${name}**${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
}

function detailsOf({ inputs, order }: Difference): string {
  const lines = [
    ...inputs.flatMap(lineOf),
    ...order.added.map((name) => `+ waits for ${name}`),
    ...order.removed.map((name) => `- waits for ${name}`),
  ];
  return lines.length === 0 ? "" : `\n${fence(lines)}`;
}

function lineOf({ path, before, after }: InputDifference): string[] {
  return [...(before === undefined ? [] : [`- ${path}: ${show(before)}`]), ...(after === undefined ? [] : [`+ ${path}: ${show(after)}`])];
}

function show(value: Scalar): string {
  const text = JSON.stringify(value);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}… (${text.length} characters)`;
}

/** Longer than any fence in a value, which would end it. */
function fence(lines: string[]): string {
  const body = lines.join("\n");
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}diff\n${body}\n${ticks}`;
}
