import * as assert from "node:assert/strict";
import { printable } from "../../../cli/lib/printable";
import { printLine, printList, printPayload } from "../../../cli/lib/output";

/** Makes a stream that keeps what is written to it. */
function kept(isTTY: boolean) {
  const written: (string | Buffer)[] = [];
  return { written, stream: { isTTY, write: (chunk: string | Buffer) => written.push(chunk) > 0 } as unknown as NodeJS.WriteStream };
}

describe("What is printed", () => {
  it("is one line as a row of a table", () => {
    const { written, stream } = kept(true);
    printLine("a\nb\tc", stream);
    assert.deepEqual(written, ["a\\nb\\tc\n"]);
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
