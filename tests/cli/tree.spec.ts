import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { Argument, Command, Option } from "commander";
import { createProgram } from "../../cli/program";
import { addToolCommands } from "../../tools/commands";
import { runProgram } from "../helpers/script";

interface Leaf {
  path: string[];
  command: Command;
}

function leavesOf(command: Command, path: string[] = []): Leaf[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((child) => leavesOf(child, [...path, child.name()]));
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

/** Gives arguments of which a command has no complaint until it works. */
const accepted = ({ registeredArguments }: Command) =>
  registeredArguments.filter(({ required }: Argument) => required).map(({ argChoices }) => argChoices?.[0] ?? "stripe");
const needed = ({ options }: Command) => options.filter(({ mandatory }: Option) => mandatory).flatMap(({ long }) => [long!, "dev"]);
const isOneSentence = (text: string) => /^[^\n]+\n$/.test(text);

describe("The command line", () => {
  const program = addToolCommands(createProgram());
  const leaves = leavesOf(program);

  it("has these commands", () =>
    assert.deepEqual(
      leaves.map(({ path }) => path.join(" ")),
      [
        ...["start", "send"],
        ...["list", "show", "tail", "redrive", "replay", "stats"].map((name) => `events ${name}`),
        ...["list", "set", "rotate", "finish"].map((name) => `secrets ${name}`),
        ...["bootstrap", "preflight", "graph", "diff", "cost", "scale"].map((name) => `stack ${name}`),
        "completion",
        ...["bench", "chaos", "mutations", "docs", "reliability", "facts", "fuzz"].map((name) => `dev ${name}`),
      ],
    ));

  for (const command of allOf(program))
    it(`describes ${command.name()} in sentences that begin with a verb`, () => {
      assert.match(command.description(), /^[A-Z][a-z]+,? [^\n]+\.$/);
      for (const { description } of command.options) assert.match(description, /^[^A-Z\n][^\n]+[^.]$/);
    });

  for (const { path, command } of leaves)
    describe(path.join(" "), () => {
      it("has help with its usage, its options and two examples that it would accept", async () => {
        const { status, stdout, stderr } = await runProgram(...path, "--help");
        assert.deepEqual([status, stderr], [0, ""]);
        assert.ok(stdout.startsWith(`Usage: webhook-pipeline ${path.join(" ")} `), stdout);
        const examples = [...stdout.matchAll(/^ {2}\$ npx webhook-pipeline (.+)$/gm)].map(([, line]) => line);
        assert.ok(examples.length >= 2, stdout);
        for (const example of examples) {
          const words = [...example.replace(/ (>|<|\|).*$/, "").matchAll(/'([^']*)'|(\S+)/g)].map(([, inner, word]) => inner ?? word);
          assert.deepEqual(words.slice(0, path.length), path, example);
          const options = words.slice(path.length).filter((word) => word.startsWith("--"));
          for (const option of options)
            assert.ok(
              command.options.some(({ long }) => long === option),
              `${example}: ${option}`,
            );
        }
      });

      it("refuses an option that it does not have, with a hint where it is a slip", async () => {
        const { status, stderr } = await runProgram(...path, ...accepted(command), ...needed(command), "--surplus");
        assert.equal(status, 2, stderr);
        assert.match(stderr, new RegExp(`^Unknown option "--surplus"\\. .*See "webhook-pipeline ${path.join(" ")} --help"\\.\\n$`));
      });

      const last = command.registeredArguments.at(-1);
      if (!last?.variadic)
        it("refuses an argument too many", async () => {
          const full = [...command.registeredArguments.map(({ argChoices }) => argChoices?.[0] ?? "stripe"), "surplus"];
          const { status, stderr } = await runProgram(...path, ...full, ...needed(command));
          assert.equal(status, 2, stderr);
          assert.match(stderr, /^Too many arguments/);
          assert.ok(isOneSentence(stderr));
        });

      for (const { long, parseArg } of command.options)
        if (parseArg)
          it(`refuses ${long} nonsense, and tells what is allowed`, async () => {
            const { status, stderr } = await runProgram(...path, ...accepted(command), ...needed(command), long!, "nonsense");
            assert.equal(status, 2, stderr);
            assert.match(stderr, new RegExp(`${long}.*"nonsense" is invalid\\. Give `));
            assert.ok(isOneSentence(stderr));
          });

      if (accepted(command).length > 0)
        it("refuses to run without its arguments", async () => {
          const { status, stderr } = await runProgram(...path, ...needed(command));
          assert.equal(status, 2, stderr);
          assert.match(stderr, /^Missing required argument/);
        });
    });

  for (const { path, command } of [program, ...program.commands.filter(({ commands }) => commands.length > 0)].map((group) => ({
    path: group === program ? [] : [group.name()],
    command: group,
  }))) {
    const name = ["webhook-pipeline", ...path].join(" ");
    const commands = command.commands.map((child) => child.name()).join(", ");

    it(`refuses an unknown command of ${name}, and lists those that it has`, async () => {
      const { status, stdout, stderr } = await runProgram(...path, "foo");
      assert.deepEqual([status, stdout], [2, ""]);
      assert.equal(stderr, `Unknown command "foo". Commands: ${commands}. See "${name} --help".\n`);
    });

    it(`prints the help of ${name} where a command is missing`, async () => {
      const { status, stdout, stderr } = await runProgram(...path);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, new RegExp(`^Usage: ${name} [^]+\n${name} needs a command\\. Commands: `));
    });
  }

  it("suggests a command for a slip", async () => {
    const { stderr } = await runProgram("events", "lst");
    assert.match(stderr, /^Unknown command "lst"\. Did you mean "list"\? /);
  });

  it("prints a failure as JSON on standard output where JSON is asked for", async () => {
    const { status, stdout, stderr } = await runProgram("stack", "diff", "nowhere.json", "nowhere.json", "--json");
    const { error, code } = JSON.parse(stdout) as { error: string; code: number };
    assert.deepEqual([code, `${error}\n`], [status, stderr]);
  });

  it("loads neither the AWS SDK nor Pulumi to print help", () => {
    const script = `process.argv.push("--help"); process.on("exit", () => console.error(JSON.stringify(Object.keys(require.cache))));
      require("./bin/webhook-pipeline.js");`;
    const { stderr } = spawnSync(process.execPath, ["-e", script, "webhook-pipeline"], { encoding: "utf8" });
    const loaded = JSON.parse(stderr) as string[];
    assert.ok(loaded.some((file) => file.endsWith("cli/events.ts")));
    assert.deepEqual(
      loaded.filter((file) => /node_modules\/(@aws-sdk|@pulumi)\//.test(file)),
      [],
    );
  });
});
