import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { createProgram } from "../../cli/program";
import { addToolCommands } from "../../tools/commands";

const read = (file: string) => readFileSync(file, "utf8");
const pages = [
  "README.md",
  ...readdirSync("docs", { recursive: true }).flatMap((file) => (`${file}`.endsWith(".md") ? [`docs/${file}`] : [])),
];

/** Lists the command lines of a page, each without what a shell does with it and without its comment. */
const commandLinesIn = (page: string) =>
  [...read(page).matchAll(/npx webhook-pipeline ([^`\n]*)/g)].map(([, rest]) => rest.split(/ +#|, | [>|] | -->/)[0].trim());

/** Describes what is wrong with a command line; a placeholder such as `<command>` or `…` stands for anything. */
function problemOf(line: string): string | undefined {
  let command: Command = addToolCommands(createProgram());
  let words = line.split(/\s+/);
  for (;;) {
    const child = command.commands.find((one) => one.name() === words[0]);
    if (!child) break;
    command = child;
    words = words.slice(1);
  }
  if (words.length === 0 || /^[<…]/.test(words[0])) return undefined;
  const { operands, unknown } = command.parseOptions(words);
  const [wrong] = unknown.filter((option) => option !== "--help");
  if (wrong !== undefined) return `unknown option ${wrong}`;
  const { length } = command.registeredArguments;
  if (command.registeredArguments.at(-1)?.variadic || operands.length <= length) return undefined;
  return `surplus ${operands[length]}`;
}

describe("Command lines in the documents", () => {
  for (const page of pages)
    it(`are the program's own: ${page}`, () => {
      for (const line of commandLinesIn(page)) assert.equal(problemOf(line), undefined, `${page}: npx webhook-pipeline ${line}`);
    });

  it("are in README.md, in a tree that names each command", () => {
    const [, tree] = /^## Command line\n[^]*?^```\n([^]*?)^```/m.exec(read("README.md"))!;
    const rows = new Map(tree.split("\n").map((row) => [row.split(" ")[0], row]));
    rows.delete("");
    const { commands } = addToolCommands(createProgram());
    assert.deepEqual([...rows.keys()].sort(), commands.map((command) => command.name()).sort());
    for (const command of commands) {
      const children = command.commands.map((child) => child.name());
      const options = command.options.map(({ long }) => String(long));
      for (const name of [...children, ...options])
        assert.match(rows.get(command.name())!, new RegExp(`(^| )${name}( |$)`), command.name());
    }
  });
});
