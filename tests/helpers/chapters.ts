export interface Chapter {
  heading: string;
  commands: string[];
}

/** Splits a document into the chapters that have shell blocks, each with the lines of these; a backslash continues a line. */
export function chaptersOf(text: string): Chapter[] {
  return text.split(/^## /m).flatMap((chapter) => {
    const commands = [...chapter.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block]) => block.trim().split(/(?<!\\)\n/));
    return commands.length > 0 ? [{ heading: chapter.split("\n")[0], commands }] : [];
  });
}
