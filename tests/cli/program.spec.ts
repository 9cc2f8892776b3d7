import * as assert from "node:assert/strict";
import { Command } from "commander";
import { UsageError } from "../../cli/lib/errors";
import type { LazyAction } from "../../cli/lib/command";
import { pathOf, runCommandLine } from "../../cli/lib/commandLine";
import { createProgram } from "../../cli/program";
import { addToolCommands } from "../../tools/commands";
import { runProgram } from "../helpers/script";

const actions = new Map<Command, LazyAction>();
/** Creates the tree with actions that do nothing. */
function createTree(): Command {
  const { action } = Command.prototype;
  Command.prototype.action = function (this: Command, run) {
    actions.set(this, run as LazyAction);
    return action.call(this, () => undefined);
  };
  try {
    return addToolCommands(createProgram());
  } finally {
    Command.prototype.action = action;
  }
}

const leavesOf = (command: Command): Command[] => (command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf));
const groupsOf = (command: Command): Command[] => (command.commands.length === 0 ? [] : [command, ...command.commands.flatMap(groupsOf)]);
const wordsOf = (command: Command) => pathOf(command).split(" ").slice(2);

/** Returns the command lines of a command's examples, without what a shell does with them. */
function examplesOf(command: Command): string[][] {
  let help = "";
  command.configureOutput({ ...command.configureOutput(), writeOut: (text) => (help += text) });
  command.outputHelp();
  const lines = [...help.matchAll(/^ {2}\$ npx webhook-pipeline (.+)\n {6}[A-Z].+\.$/gm)];
  return lines.map(([, line]) => [...line.replace(/ [|<>].*/, "").matchAll(/'([^']*)'|(\S+)/g)].map(([, text, word]) => text ?? word));
}

/** Returns what a command line is refused with. A tree of its own, because commander keeps what it has parsed. */
async function refusalOf(args: readonly string[]): Promise<string> {
  const error: unknown = await runCommandLine(createTree(), args).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UsageError, `not refused: ${args.join(" ")}`);
  assert.equal(error.exitCode, 2);
  assert.match(error.message, /^[A-Z-][^\n]+[.?] See "npx webhook-pipeline [^\n"]*--help"\.$/, args.join(" "));
  return error.message;
}

/** The verbs that descriptions begin with. */
const verbs =
  /^(Add|Change|Compute|Count|Create|Disturb|Find|Follow|Forward|Give|List|Make|Measure|Prepare|Price|Print|Publish|Put|Read|Receive|Redrive|Remove|Repair|Replay|Requeue|Rewrite|Run|Send|Serve|Set|Show|Sign|Start|Stop|Store|Tell|Test|Try|Write)\b/;

describe("The tree of commands", () => {
  const program = createTree();
  const leaves = leavesOf(program);

  for (const command of [...groupsOf(program), ...leaves])
    it(`describes ${pathOf(command)} in one short sentence that begins with a verb`, () => {
      const description = command.description();
      assert.match(description, verbs);
      assert.match(description, /^[^.!?]*(?:\.[\w/][^.!?]*)*\.$/);
      assert.ok(description.split(" ").length <= 25, description);
    });

  for (const leaf of leaves) {
    const path = wordsOf(leaf).join(" ");
    const examples = examplesOf(leaf);

    describe(path, () => {
      it("has two examples, which it takes", async () => {
        assert.ok(examples.length >= 2, `${examples.length} examples`);
        for (const line of examples) {
          assert.equal(line.slice(0, wordsOf(leaf).length).join(" "), path);
          await runCommandLine(createTree(), line);
        }
      });

      it("has a function to run", () => assert.equal(typeof actions.get(leaf)!.find(), "function"));

      it("refuses an option that it does not have", async () => {
        assert.match(await refusalOf([...examples[0], "--surplus"]), /^Unknown option "--surplus"\. /);
      });

      if (!leaf.registeredArguments.some(({ variadic }) => variadic))
        it("refuses an argument too many", async () => {
          const missing = leaf.registeredArguments.slice(argumentsIn(leaf, examples[0]));
          const message = await refusalOf([...examples[0], ...missing.map(() => "given"), "surplus"]);
          assert.match(message, /^Unexpected argument "surplus"\. /);
        });

      for (const option of leaf.options.filter(({ flags, parseArg }) => parseArg && /<(n|bytes)>/.test(flags)))
        it(`refuses nonsense as ${option.long}`, async () => {
          for (const value of ["nonsense", "-1", "1.5", "0x10", "", "1e99", "NaN"])
            assert.match(
              await refusalOf([...examples[0], `${option.long}=${value}`]),
              new RegExp(`^${option.long} is "${value}"\\. Allowed: `),
            );
        });

      it("reads every number, URL and header with its bounds", () => {
        for (const { flags, parseArg } of leaf.options)
          assert.equal(/<(n|bytes|url|names|header|choice)>/.test(flags), parseArg !== undefined, flags);
      });
    });
  }

  it("refuses an endpoint that is not an http URL", async () => {
    for (const value of ["ftp://x", "127.0.0.1:4566", "", "nonsense"])
      assert.match(await refusalOf(["start", `--endpoint=${value}`]), /^--endpoint is "[^"]*"\. Allowed: an http or https URL, such as /);
  });

  it("forwards to this machine alone", async () => {
    const others = ["https://orders.example.com/hooks", "http://orders.example.com", "https://127.0.0.1:3000", "http://0.0.0.0:3000"];
    for (const value of [...others, "http://127.0.0.1.example.com", "http://me@127.0.0.1", "http://127.0.0.1/#a", "127.0.0.1:3000", ""])
      assert.match(
        await refusalOf(["start", `--forward-to=${value}`]),
        /^--forward-to is "[^"]*"\. Allowed: an http URL of this machine, /,
      );
    for (const value of ["http://127.0.0.1:3000/hooks", "http://localhost:3000", "http://[::1]:3000/a?b=c", "http://127.0.0.2"])
      await runCommandLine(createTree(), ["start", `--forward-to=${value}`]);
  });

  for (const group of groupsOf(program))
    it(`refuses a command that ${pathOf(group)} does not have, and lists those that it has`, async () => {
      const message = await refusalOf([...wordsOf(group), "surplus"]);
      assert.match(message, /^Unknown command "surplus"\. /);
      assert.ok(message.includes(` Commands: ${group.commands.map((child) => child.name()).join(", ")}. `), message);
    });

  it("suggests what was meant", async () => {
    assert.match(await refusalOf(["events", "lst"]), /^Unknown command "lst"\. Did you mean list\? Commands: /);
    assert.match(await refusalOf(["events", "list", "--jsn"]), /^Unknown option "--jsn"\. Did you mean --json\? /);
  });

  it("ends with 2 and one line, and with JSON alone on standard output where that is asked for", async () => {
    const { status, stdout, stderr } = await runProgram("events", "list", "--jsn", "--json");
    assert.equal(status, 2);
    assert.deepEqual(JSON.parse(stdout), { error: stderr.trimEnd(), code: 2 });
    assert.equal(stderr.split("\n").length, 2);
    const help = await runProgram("events");
    assert.deepEqual([help.status, help.stdout], [2, ""]);
    assert.match(help.stderr, /^Usage: npx webhook-pipeline events [^]*\nnpx webhook-pipeline events needs a command\. Commands: list, /);
  });
});

/** Counts the arguments in a command line that its command takes. */
function argumentsIn(leaf: Command, line: readonly string[]): number {
  const words = line.slice(wordsOf(leaf).length);
  return words.filter((word, at) => !word.startsWith("--") && !takesValue(leaf, words[at - 1])).length;
}

const takesValue = (leaf: Command, word: string | undefined) => leaf.options.some(({ long, required }) => long === word && required);
