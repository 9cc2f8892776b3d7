/** An entry of the runbook, as the page shows it. */
export interface RunbookEntry {
  title: string;
  url: string;
}

/** Returns the runbook's entry of a heading. */
export const runbookEntry = (heading: string): RunbookEntry => ({ title: heading, url: `docs/runbook.md#${heading}` });
