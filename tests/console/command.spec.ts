import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { commandFor, curlFor } from "../../console/command";
import { printable } from "../../cli/lib/printable";

const local = { stack: null };
const prod = { stack: "prod" };

/** IDs as a sender could choose them to run something on the machine of whoever copies a command. */
const hostile = [
  "stripe#$(touch hacked)",
  "stripe#`touch hacked`",
  "stripe#'; touch hacked; '",
  "stripe#'$(touch hacked)'",
  'stripe#"$HOME"',
  String.raw`stripe#\'\\`,
  "stripe#a\ntouch hacked\n",
  "stripe#a b\tc",
  "stripe#!!",
  "stripe#~/*?[a]{b,c}",
  "stripe#a|b>c<d&e;f",
  "stripe#\u202egnp.exe",
  "stripe#\u001b[2J\u0003\r",
  "stripe#支付 💶",
  "stripe#\u0085",
  "stripe#\u0001a\u007f0'\\n$x`y`",
  "stripe#''",
  "#",
  "'",
  "",
];

const characters = fc.oneof(
  fc.constantFrom(...`'"\\$\`!&|;<>(){}[]*?~#%=\n\r\t -`),
  fc.integer({ min: 1, max: 0xd7ff }).map((point) => String.fromCodePoint(point)),
);

/**
 * Lets a shell run a line, with functions in the place of programs, which it does not find: also a line that is quoted wrongly runs nothing.
 * @returns what they wrote, at each zero character
 */
function run(line: string, functions = ""): string[] {
  const { stdout, stderr, status } = spawnSync("bash", ["-c", `PATH=/nowhere\n${functions}\n${line}`], {
    encoding: "utf8",
    cwd: tmpdir(),
    env: { ...process.env, LC_ALL: "C" },
  });
  assert.deepEqual([status, stderr], [0, ""], line);
  return stdout.split("\0").slice(0, -1);
}

/** Lets a shell take a command line apart. */
const wordsOf = (line: string) => run(String.raw`printf '%s\0' ${line}`);

describe("The command line of a view", () => {
  it("names the program, the stack, and what the view shows", () => {
    assert.equal(commandFor(local, ["events", "list"]), "npx webhook-pipeline events list");
    assert.equal(
      commandFor(prod, ["events", "list"], { status: "FAILED", source: undefined, kind: "", limit: 100 }),
      "npx webhook-pipeline events list --status FAILED --limit 100 --stack prod",
    );
  });

  it("quotes nothing that is harmless, so that a person can read it", () => {
    assert.equal(commandFor(local, ["events", "show", "a.b-c/d:e@f,g%h+i=j_k"]), "npx webhook-pipeline events show a.b-c/d:e@f,g%h+i=j_k");
    assert.equal(commandFor(local, ["events", "show", "stripe#evt_1"]), "npx webhook-pipeline events show 'stripe#evt_1'");
  });

  for (const id of hostile)
    it(`is one word for ${printable(id) || "nothing"}, in a shell`, () => {
      assert.deepEqual(wordsOf(commandFor(prod, ["events", "redrive", id, "after"])), [
        ...["npx", "webhook-pipeline", "events", "redrive", id, "after", "--stack", "prod"],
      ]);
      if (id !== "")
        assert.deepEqual(wordsOf(commandFor(local, ["events", "list"], { source: id })).slice(2), ["events", "list", "--source", id]);
    });

  it("has no character that a terminal obeys when it is pasted", () => {
    for (const id of hostile) assert.doesNotMatch(commandFor(local, ["events", "show", id]), /\p{Cc}/u, printable(id));
  });

  it("is one word for any ID, in a shell", () =>
    fc.assert(
      fc.property(fc.string({ unit: characters }), (id) => {
        assert.deepEqual(wordsOf(commandFor(local, ["events", "show", id])).slice(2), ["events", "show", id]);
      }),
      { numRuns: 50 },
    ));
});

describe("The command line that posts an event's body", () => {
  const functions = String.raw`npx() { printf 'npx\0'; printf '%s\0' "$@"; }; curl() { while IFS= read -r -d '' word; do printf '%s\0' "$word"; done; printf 'curl\0'; printf '%s\0' "$@"; }`;

  it("passes the bytes on as they are, to this machine, with their content type", () => {
    assert.deepEqual(run(curlFor(prod, "stripe#evt_1", "application/json; charset=utf-8"), functions), [
      ...["npx", "webhook-pipeline", "events", "show", "stripe#evt_1", "--payload", "--stack", "prod"],
      ...["curl", "--data-binary", "@-", "-H", "content-type: application/json; charset=utf-8", "http://127.0.0.1:3000/hooks"],
    ]);
  });

  it("runs nothing of a hostile ID or content type", () => {
    for (const text of hostile) {
      const words = run(curlFor(local, text, text), functions);
      assert.deepEqual([words[4], words[words.indexOf("-H") + 1], words.length], [text, `content-type: ${text}`, 12], text);
    }
  });
});
