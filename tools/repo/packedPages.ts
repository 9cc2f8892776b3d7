import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** Returns a heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

/** Lists the anchors of a page. */
export const anchorsOf = (text: string): string[] => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading));

/** Matches links and images of a page, with their labels and targets. */
const link = /!?\[((?:[^\]\\]|\\.)*)\]\((?!https?:|mailto:)([^)\s[\]]+)\)/g;

/** Lists the targets of a page's links into its own project. */
export const localLinks = (text: string): string[] => [...text.matchAll(link)].map(([, , target]) => target);

/** Tells whether a link of a page leads to a file, or to a heading of a page. */
export function leadsSomewhere(page: string, target: string): boolean {
  const [file, anchor] = target.split("#");
  const at = file === "" ? page : path.resolve(path.dirname(page), file);
  if (!existsSync(at)) return false;
  return anchor === undefined || anchorsOf(readFileSync(at, "utf8")).includes(anchor);
}

/** Returns the sections of a page with these headings, as they are. */
export function sectionsOf(text: string, headings: readonly string[]): string {
  const sections = text.split(/^(?=## )/m);
  return headings.map((heading) => sections.find((section) => section.startsWith(`## ${heading}\n`))!).join("");
}

/** Replaces each link that leads to what only the repository has by its label, in all pages of a folder and of its folder docs. */
export function keepPackedLinks(folder: string): void {
  for (const page of pagesIn(folder)) {
    const text = readFileSync(page, "utf8");
    writeFileSync(
      page,
      text.replace(link, (whole, label: string, target: string) => (leadsSomewhere(page, target) ? whole : label)),
    );
  }
}

/** Lists the pages of a package. */
export function pagesIn(folder: string): string[] {
  return [folder, path.join(folder, "docs")].flatMap((one) =>
    readdirSync(one)
      .filter((name) => name.endsWith(".md"))
      .map((name) => path.join(one, name)),
  );
}
