import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { startConsole, type ServedConsole } from "../../cli/console/server";
import { ConsoleBackend, type ConsoleBackendOptions } from "./consoleBackend";

/** A console with made-up answers, served by the real server. */
export interface ConsoleUnderTest extends ServedConsole {
  backend: ConsoleBackend;
}

/** Serves a console with made-up answers. */
export async function serveConsoleOf(options: ConsoleBackendOptions = {}): Promise<ConsoleUnderTest> {
  const backend = new ConsoleBackend(options);
  return { ...(await startConsole(backend)), backend };
}

/** Milliseconds for which a page may take to show something, on a machine with other work. */
const timeoutMs = 15_000;

/**
 * Opens the printed address in a context of its own. An error in the page fails the caller.
 * @param path of the view, such as `/events`
 * @param now the time of the page, milliseconds since 1970; that of the machine if left out
 */
export async function openConsole(
  browser: Browser,
  url: string,
  path = "/",
  options: BrowserContextOptions = {},
  now?: number,
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(timeoutMs);
  if (now !== undefined) await page.clock.setFixedTime(now);
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  if (path !== "/") {
    await page.goto(new URL(path, url).href);
    await page.getByRole("heading", { level: 1 }).waitFor();
  }
  return page;
}

const axe = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");

/** A finding of axe-core: the rule, and where. */
export interface Finding {
  id: string;
  nodes: string[];
}

/** Returns what axe-core finds on a page, by all its rules of WCAG A and AA and its best practices. */
export async function accessibilityOf(page: Page): Promise<Finding[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: loaded } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    const { violations } = await loaded.run();
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
  });
}
