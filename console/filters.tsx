import { useEffect, useState } from "preact/hooks";
import { kinds, Status } from "../domain/event";
import type { Problem } from "../cli/console/api";
import { useShared } from "./context";
import { printable } from "../cli/lib/printable";
import { eventsHref, go } from "./router";

/** Names the filters of a list of events, as the URL and the server have them. */
const filterNames = ["status", "source", "kind", "since", "until", "minAmount", "currency"] as const;
export type Filters = Partial<Record<(typeof filterNames)[number], string>>;

/** Takes the filters out of the URL's query. */
export function filtersIn(query: Readonly<Record<string, string>>): Filters {
  return Object.fromEntries(filterNames.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
}

/** Lets a person filter the list. Each change is an entry in the browser's history. @param problem of the list; one of a filter is shown */
export function FilterBar({ filters, problem }: { filters: Filters; problem?: Problem }) {
  const { session } = useShared();
  const change = (name: keyof Filters, value: string) => go(eventsHref({ ...filters, [name]: value }));
  const mistake = problem?.code === "usage" ? problem.error : undefined;
  const isNarrowed = ["until", "minAmount", "currency"].some((name) => filters[name as keyof Filters] !== undefined);
  const choice = (name: keyof Filters, label: string, values: readonly string[]) => (
    <Choice label={label} value={filters[name]} values={values} onChange={(value) => change(name, value)} />
  );
  const entry = (name: keyof Filters, label: string, hint: string) => (
    <Entry label={label} value={filters[name]} hint={hint} mistake={mistake} onChange={(value) => change(name, value)} />
  );
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      {choice("status", "Status", Object.values(Status))}
      {choice("source", "Source", session.sources)}
      {choice("kind", "Kind", kinds)}
      {entry("since", "Since", "6h or today")}
      <details class="more" open={isNarrowed}>
        <summary>More filters</summary>
        <div class="more-fields">
          {entry("until", "Until", "30m, yesterday")}
          {entry("minAmount", "Amount at least", "99.50")}
          {entry("currency", "Currency", "EUR")}
        </div>
      </details>
      {Object.keys(filters).length > 0 && (
        <a class="clear" href="/events">
          Clear filters
        </a>
      )}
      {mistake !== undefined && (
        <p class="mistake" id={mistakeId} role="alert">
          {printable(mistake)}
        </p>
      )}
    </form>
  );
}

const mistakeId = "filter-mistake";

interface FieldProps {
  label: string;
  value: string | undefined;
  onChange: (value: string) => void;
}

function Choice({ label, value = "", values, onChange }: FieldProps & { values: readonly string[] }) {
  // A value that came from a link stays visible, even if it is not among them.
  const offered = value === "" || values.includes(value) ? values : [...values, value];
  return (
    <label>
      <span>{label}</span>
      <select value={value} class={value === "" ? "" : "is-set"} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">Any</option>
        {offered.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Takes effect on Enter, or when the field is left. */
function Entry({ label, value = "", hint, mistake, onChange }: FieldProps & { hint: string; mistake?: string }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  // The sentence quotes the value that it is about.
  const isWrong = value !== "" && mistake !== undefined && mistake.includes(value);
  const settle = () => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <label>
      <span>{label}</span>
      <input
        value={text}
        class={value === "" ? "" : "is-set"}
        placeholder={hint}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? mistakeId : undefined}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={settle}
        onKeyDown={(event) => event.key === "Enter" && settle()}
      />
    </label>
  );
}
