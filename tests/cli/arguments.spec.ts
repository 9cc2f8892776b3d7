import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { UsageError } from "../../cli/lib/errors";
import { readCommandLine } from "../../cli/events/commandLine";
import { runScript } from "../helpers/commands";

describe("A command line", () => {
  it("with an argument or an option too many is refused by every command, in one sentence", async function () {
    this.timeout(120_000);
    const { stdout, stderr } = await runScript("tests/helpers/surplus.ts", []).ended;
    const all = JSON.parse(stdout.toString() || assert.fail(stderr)) as Record<string, { name: string; message: string }[]>;
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const commands = Object.keys(scripts).filter((name) => name !== "fix" && scripts[name].startsWith("node -r ts-node"));
    assert.deepEqual(Object.keys(all), commands);
    for (const [command, refusals] of Object.entries(all))
      for (const { name, message } of refusals) {
        assert.equal(name, UsageError.name, `${command}: ${message}`);
        assert.match(message, /^.+$/, command);
      }
  });

  const refused: [string[], RegExp][] = [
    [["replay", "stripe#evt_1", "--since", "1h"], /^replay cannot publish "stripe#evt_1" alone: .+ to every subscriber\.$/],
    [["replay", "--since", "1h", "--source", "stripe"], /^replay takes no --source\.$/],
    [["list", "stripe#evt_1"], /^list takes no argument, but got "stripe#evt_1"\.$/],
    [["stats", "PROCESSED"], /^stats takes no argument/],
    [["list", "--payload"], /^list takes no --payload\.$/],
    [["show", "stripe#evt_1", "--status", "failed"], /^show takes no --status\.$/],
    [["stats", "--limit", "5"], /^stats takes no --limit\.$/],
    [["redrive", "--limit", "5", "--all"], /^redrive takes no --limit\.$/],
    [["show"], /^show takes one transaction id/],
    [["show", "stripe#evt_1", "stripe#evt_2"], /^show takes one transaction id/],
    [["toString"], /^There is no command "toString", but list, show, redrive, replay, stats\.$/],
    [["list", "--colour"], /^Unknown option '--colour'/],
  ];
  for (const [args, message] of refused)
    it(`of events is refused: ${args.join(" ")}`, () => {
      assert.throws(
        () => readCommandLine(args),
        (error) => error instanceof UsageError && error.exitCode === 2 && message.test(error.message),
      );
    });

  it("of events is taken with what its command knows", () => {
    assert.deepEqual(readCommandLine(["redrive", "stripe#evt_1", "stripe#evt_2", "--rate", "5", "--stack", "dev"]).ids, [
      "stripe#evt_1",
      "stripe#evt_2",
    ]);
    assert.equal(readCommandLine(["replay", "--since", "1h", "--until", "30m", "--dry-run"]).command, "replay");
    assert.equal(readCommandLine([]).command, undefined);
    assert.equal(readCommandLine(["list", "more", "--help"]).values.help, true);
  });

  it("that is refused ends with 2", async () => {
    const docs = await runScript("tools/repo/docs.ts", ["surplus"]).ended;
    assert.deepEqual([docs.code, docs.stderr], [2, "Unexpected argument 'surplus': tools/repo/docs.ts [--check]\n"]);
    const { code, stderr } = await runScript("cli/events.ts", ["replay", "stripe#evt_1", "--since", "1h", "--yes"]).ended;
    assert.equal(code, 2);
    assert.match(stderr, /^replay cannot publish "stripe#evt_1" alone: .+\n$/);
  });
});
