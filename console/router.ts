import { useEffect, useState } from "preact/hooks";
import { pathWith, type Query } from "./client";

/** Where the page is: what the address bar shows. */
export interface Place {
  path: string;
  query: Readonly<Record<string, string>>;
}

const moved = new EventTarget();

function here(): Place {
  return { path: location.pathname, query: Object.fromEntries(new URLSearchParams(location.search)) };
}

/** Returns where the page is, and renders again when that changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = () => setPlace(here());
    moved.addEventListener("move", update);
    return () => moved.removeEventListener("move", update);
  }, []);
  return place;
}

/** Moves to an address of this page. @param replace leaves no way back to the present one */
export function go(href: string, replace = false): void {
  // The place to scroll to when someone comes back.
  history.replaceState({ scroll: scrollY }, "");
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  moved.dispatchEvent(new Event("move"));
}

/** Lets every link of the page move without loading, and back and forward find the place that was scrolled to. */
export function startRouter(): void {
  history.scrollRestoration = "manual";
  addEventListener("popstate", () => moved.dispatchEvent(new Event("move")));
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href^='/']");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.getAttribute("href")!);
  });
  document.addEventListener("click", openRow);
}

/** Lets a click anywhere in a row open it as its link does. What can be pressed or selected there stays as it is. */
function openRow(event: MouseEvent): void {
  const target = event.target as Element;
  const link = target.closest("tr.opens")?.querySelector<HTMLAnchorElement>("a.row-link");
  if (!link || event.defaultPrevented || target.closest("a, button, input, .check") || getSelection()?.type === "Range") return;
  if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
  else link.click();
}

/** Returns where the page was scrolled to when this entry of the history was left. */
export function scrollOfEntry(): number {
  return (history.state as { scroll?: number } | null)?.scroll ?? 0;
}

/** Returns the address of a list with other filters. */
export const eventsHref = (filters: Query = {}): string => pathWith("/events", filters);

/** Returns the address of an event. */
export const eventHref = (id: string): string => `/events/${encodeURIComponent(id)}`;

/** Returns the address of a destination. */
export const destinationHref = (name: string, query: Query = {}): string => pathWith(`/destinations/${encodeURIComponent(name)}`, query);

/** Returns what follows a folder in a path: the ID of `/events/ID`. `undefined` if it is another path, or is misspelt. */
export function nameInPath(path: string, folder: string): string | undefined {
  if (!path.startsWith(`${folder}/`)) return undefined;
  try {
    return decodeURIComponent(path.slice(folder.length + 1)) || undefined;
  } catch {
    return undefined;
  }
}
