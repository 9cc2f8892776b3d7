import { compareGraphs } from "../graph/diff";
import { renderComparison } from "../graph/diffMarkdown";
import { runCommand, UsageError } from "./lib/errors";
import { parseOptions, text } from "./lib/options";
import { print } from "./lib/output";
import { readGraphFile } from "./lib/graphs";

const usage = "npm run --silent graph:diff -- base.json head.json [--title TEXT]";

/** `npm run graph:diff`: what deploying one resource graph over another would add, change, replace and delete, as Markdown. */
async function main(): Promise<void> {
  const { base, head, title } = readOptions();
  print(renderComparison(compareGraphs(readGraphFile(base), readGraphFile(head)), title).replace(/\n$/, ""));
}

function readOptions(): { base: string; head: string; title: string } {
  const { positionals, values } = parseOptions({ options: { title: text }, allowPositionals: true }, usage);
  if (positionals.length !== 2) throw new UsageError(`Two graphs are compared, not ${positionals.length}: ${usage}`);
  const [base, head] = positionals;
  return { base, head, title: values.title ?? head };
}

void runCommand(main);
