import type { ComponentChildren } from "preact";
import { DestinationView } from "./destination";
import { DestinationsView } from "./destinations";
import { EventPage } from "./event";
import { EventsView } from "./events";
import { FailuresView } from "./failures";
import { FoundView } from "./found";
import { HealthView } from "./health";
import { OverviewView } from "./overview";
import { nameInPath, type Place } from "./router";
import { SourcesView } from "./sources";

/** A view: its title for the tab, and what it shows. */
export interface View {
  title: string;
  render: () => ComponentChildren;
}

const views: Readonly<Record<string, View>> = {
  "/": { title: "Overview", render: () => <OverviewView /> },
  "/sources": { title: "Sources", render: () => <SourcesView /> },
  "/destinations": { title: "Destinations", render: () => <DestinationsView /> },
  "/failures": { title: "Failures", render: () => <FailuresView /> },
  "/health": { title: "Health", render: () => <HealthView /> },
};

/** Returns the view of an address. */
export function viewAt({ path, query }: Place): View {
  const { find } = query;
  if (path === "/events") {
    if (find !== undefined) return { title: `Find ${find}`, render: () => <FoundView key={find} id={find} /> };
    return { title: "Events", render: () => <EventsView query={query} /> };
  }
  const id = nameInPath(path, "/events");
  if (id !== undefined) return { title: id, render: () => <EventPage key={id} id={id} /> };
  const name = nameInPath(path, "/destinations");
  if (name !== undefined) return { title: name, render: () => <DestinationView key={name} name={name} cursor={query.cursor} /> };
  return Object.hasOwn(views, path) ? views[path] : { title: "No such page", render: () => <NoSuchPage /> };
}

function NoSuchPage() {
  return (
    <div class="empty">
      <h1>There is no such page</h1>
      <p>
        Go to the <a href="/">overview</a>, or to the <a href="/events">events</a>.
      </p>
    </div>
  );
}
