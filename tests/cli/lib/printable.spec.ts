import * as assert from "node:assert/strict";
import fc from "fast-check";
import { printable, printableLines } from "../../../cli/lib/printable";

describe("Text from outside is written", () => {
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
    it(`with each ${what} escaped as in JSON`, () => {
      for (let code = first; code <= last; code++) {
        const character = String.fromCodePoint(code);
        const shown = printable(`a${character}b`);
        assert.match(shown, /^a\\[\w\\]+b$/);
        assert.equal(JSON.parse(`"${shown}"`), `a${character}b`);
      }
    });

  /** What a terminal or a browser obeys instead of showing it. */
  const obeyed = {
    "the end of a line": ["\n", String.raw`\n`],
    "a return of the carriage": ["\r", String.raw`\r`],
    "a tab": ["\t", String.raw`\t`],
    "the character zero": ["\0", String.raw`\u0000`],
    "the beginning of a terminal's command": ["\u001b", String.raw`\u001b`],
    "a control character of Latin-1": ["\u0085", String.raw`\u0085`],
    "a change of direction": ["\u202e", String.raw`\u202e`],
    "an isolate of direction": ["\u2066", String.raw`\u2066`],
    "a mark of direction": ["\u200f", String.raw`\u200f`],
    "a space without width": ["\u200b", String.raw`\u200b`],
    "a soft hyphen": ["\u00ad", String.raw`\u00ad`],
    "a byte order mark": ["\ufeff", String.raw`\ufeff`],
    "a separator of lines": ["\u2028", String.raw`\u2028`],
    "a separator of paragraphs": ["\u2029", String.raw`\u2029`],
    "a half of a character": ["\ud83d", String.raw`\ud83d`],
    "a tag, which has two code units": ["\u{e0041}", String.raw`\udb40\udc41`],
  };
  for (const [what, [character, written]] of Object.entries(obeyed))
    it(`with ${what} written out`, () => assert.equal(printable(`evt${character}gnp.exe`), `evt${written}gnp.exe`));

  it("as it is, where a terminal and a browser show all of it", () => {
    for (const text of ["stripe#evt_1", "Grüße, 支付, دفع, 💶", String.raw`C:\new\u0041`, "<b>&amp;</b>"])
      assert.equal(printable(text), text);
  });

  it("with line feeds and tabs where it has several lines, and nothing else", () => {
    assert.equal(printableLines("a\n\tb\r\n\u202ec\0"), "a\n\tb\\r\n\\u202ec\\u0000");
  });

  it("so that it shows all of the text, and can be read back as JSON", () => {
    const units = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));
    const texts = fc.string({ unit: fc.oneof(units, fc.constantFrom(...Object.values(obeyed).map(([character]) => character))) });
    fc.assert(
      fc.property(texts, (given) => {
        const text = given.replace(/["\\]/g, "");
        const written = printable(text);
        assert.doesNotMatch(written, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        assert.equal(JSON.parse(`"${written}"`), text);
      }),
    );
  });

  it("with the meaning that it has as JSON", () => {
    const value = { "a\u009b": "\u202e\u007f\n\u{e0001}", list: ["\u0000"] };
    const shown = printableLines(JSON.stringify(value, undefined, 2));
    assert.doesNotMatch(shown.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
    assert.deepEqual(JSON.parse(shown), value);
  });
});
