/**
 * Matches what a terminal or a browser obeys instead of showing: control characters (C0, DEL, C1), format characters (which change the
 * direction of writing, or are invisible), other line ends, and halves of a character.
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing */
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const names: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Escapes what would be obeyed, also line ends, so that text from outside shows all that it has. The escapes are those of JSON, so that JSON keeps its meaning. */
export function printable(text: string): string {
  return text.replace(obeyed, (character) => names[character] ?? escaped(character));
}

/** Escapes a text of several lines. Keeps line feeds and tabs. */
export function printableLines(text: string): string {
  return text.replace(obeyed, (character) =>
    character === "\n" || character === "\t" ? character : (names[character] ?? escaped(character)),
  );
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}
