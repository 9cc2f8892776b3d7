/** A paragraph, an entry of a list with its depth, or code. */
export type Block = { kind: "text"; text: string } | { kind: "entry"; text: string; depth: number } | { kind: "code"; text: string };

/** Divides Markdown, as far as the runbook uses it, into blocks. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let isCode = false;
  let continues = false;
  for (const line of markdown.split("\n")) {
    const [, indent, rest] = /^(\s*)(.*)$/.exec(line)!;
    const last = blocks.at(-1);
    const [, entry] = /^(?:-|\d+\.) (.*)$/.exec(rest) ?? [];
    if (rest.startsWith("```")) {
      isCode = !isCode;
      if (isCode) blocks.push({ kind: "code", text: "" });
      continues = false;
    } else if (isCode && last) last.text += `${last.text === "" ? "" : "\n"}${rest}`;
    else if (rest === "") continues = false;
    else if (entry !== undefined) blocks.push({ kind: "entry", text: entry, depth: Math.floor(indent.length / 2) });
    else if (continues && last) last.text += ` ${rest}`;
    else blocks.push({ kind: "text", text: rest });
    if (!isCode && rest !== "" && !rest.startsWith("```")) continues = true;
  }
  return blocks;
}
