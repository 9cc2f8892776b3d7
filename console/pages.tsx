import { go } from "./router";

interface PagesProps {
  isFirst: boolean;
  /** Address of the first page. */
  first: string;
  /** Address of the page that follows; `undefined` at the end. */
  next: string | undefined;
}

/** Leads through the pages of a list, if it has more than one. */
export function Pages({ isFirst, first, next }: PagesProps) {
  if (isFirst && next === undefined) return null;
  return (
    <nav class="pages" aria-label="Pages">
      <button type="button" disabled={isFirst} onClick={() => go(first)}>
        Newest
      </button>
      <button type="button" disabled={next === undefined} onClick={() => next !== undefined && go(next)}>
        Older →
      </button>
    </nav>
  );
}
