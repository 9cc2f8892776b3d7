import * as assert from "node:assert/strict";
import { printable, printableLines, printLine, printList, printPayload } from "../../../cli/lib/output";

/** Makes a stream that keeps what is written to it. */
function kept(isTTY: boolean) {
  const written: (string | Buffer)[] = [];
  return { written, stream: { isTTY, write: (chunk: string | Buffer) => written.push(chunk) > 0 } as unknown as NodeJS.WriteStream };
}

describe("What is printed", () => {
  const ranges: Record<string, [number, number]> = {
    "C0 control": [0x00, 0x1f],
    "DEL and C1 control": [0x7f, 0x9f],
    "embedding and override": [0x202a, 0x202e],
    isolate: [0x2066, 0x2069],
    "direction mark": [0x200e, 0x200f],
    "line and paragraph separator": [0x2028, 0x2029],
    tag: [0xe0001, 0xe0001],
    "half of a character": [0xd800, 0xd800],
  };
  for (const [what, [first, last]] of Object.entries(ranges))
    it(`has every ${what} escaped as in JSON`, () => {
      for (let code = first; code <= last; code++) {
        const character = String.fromCodePoint(code);
        const shown = printable(`a${character}b`);
        assert.match(shown, /^a\\[\w\\]+b$/);
        assert.equal(JSON.parse(`"${shown}"`), `a${character}b`);
      }
    });

  it("keeps every character that a terminal only shows", () => {
    const text = 'ünïcödé 日本語 👍🏽 "quoted" \\ {"a": 1}';
    assert.equal(printable(text), text);
  });

  it("is one line as a row of a table, and keeps its lines and tabs elsewhere", () => {
    const { written, stream } = kept(true);
    printLine("a\nb\tc", stream);
    assert.deepEqual(written, ["a\\nb\\tc\n"]);
    assert.equal(printableLines("a\r\n\tb\u001b\n"), "a\\r\n\tb\\u001b\n");
  });

  it("keeps its meaning as JSON", () => {
    const value = { "a\u009b": "\u202e\u007f\n\u{e0001}", list: ["\u0000"] };
    const shown = printableLines(JSON.stringify(value, undefined, 2));
    assert.doesNotMatch(shown.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
    assert.deepEqual(JSON.parse(shown), value);
  });

  it("is the exact bytes of a payload, but escaped on a terminal", () => {
    const body = Buffer.from([0x1b, 0x0a, 0xff]);
    const [file, terminal] = [kept(false), kept(true)];
    printPayload(body, file.stream);
    printPayload(body, terminal.stream);
    assert.deepEqual(file.written, [body]);
    assert.deepEqual(terminal.written, ["\\u001b\n\ufffd\n"]);
  });
});

describe("A list that is printed as it comes", () => {
  /** Prints a list to a reader that takes one text at a time. @returns what it has printed, and how many texts the reader had not taken at most */
  async function printed(texts: string[], asJson: boolean) {
    const { write } = process.stdout;
    let [text, ahead, most] = ["", 0, 0];
    process.stdout.write = ((chunk: string) => {
      text += chunk;
      most = Math.max(most, ++ahead);
      setImmediate(() => {
        ahead--;
        process.stdout.emit("drain");
      });
      return false;
    }) as typeof write;
    try {
      return { count: await printList(texts, asJson), text, most };
    } finally {
      process.stdout.write = write;
    }
  }

  for (const texts of [[], ["stripe#1"], ["stripe#1", "a\nb", 'c"']])
    it(`is JSON, or a line for each of ${texts.length}`, async () => {
      const { count, text } = await printed(texts, true);
      assert.deepEqual([count, JSON.parse(text), text.endsWith("]\n")], [texts.length, texts, true]);
      assert.equal((await printed(texts, false)).text, texts.map((one) => `${printable(one)}\n`).join(""));
    });

  it("is no faster than its reader", async () => assert.equal((await printed(["a", "b", "c"], false)).most, 1));
});
