import { readFileSync } from "node:fs";
import * as path from "node:path";
import { NotFoundError } from "../../domain/userError";
import type { RunbookEntry } from "./api";

const file = path.resolve(__dirname, "../../docs/runbook.md");

/** Reads what the runbook says under a heading. @throws NotFoundError if it has none of this name */
export function readRunbook(heading: string): RunbookEntry {
  const sections = readFileSync(file, "utf8").split(/^## /m).slice(1);
  const section = sections.find((one) => one.split("\n", 1)[0] === heading);
  if (section === undefined) throw new NotFoundError(`docs/runbook.md has no heading "${heading}".`);
  return { heading, text: section.slice(heading.length).trim() };
}
